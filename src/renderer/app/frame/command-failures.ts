import { create } from 'zustand';

/** What of the command palette failed last; the palette is closed by then. */
interface FailedCommand {
  label: string;
  error: unknown;
}

export const useFailedCommand = create<{ failed: FailedCommand | null }>(() => ({ failed: null }));

/** Carries out a command of the palette, and keeps its failure until it is dismissed or the next one is given. */
export function carryOut(label: string, work: () => Promise<unknown>): void {
  useFailedCommand.setState({ failed: null });
  work().catch((error: unknown) => useFailedCommand.setState({ failed: { label, error } }));
}

export function dismissFailedCommand(): void {
  useFailedCommand.setState({ failed: null });
}
