import type { Terminal } from '../../src/cli/output/terminal.ts';

/** A terminal of a given width without colour, and every line of the result that was printed to it. */
export function captureTerminal(width: number): { terminal: Terminal; lines: string[] } {
  const lines: string[] = [];
  const ignore = (): void => undefined;
  return {
    lines,
    terminal: {
      width,
      paint: (_style, text) => text,
      print: (...some) => void lines.push(...some.map((line) => line.trimEnd())),
      note: ignore,
      progress: ignore,
      endProgress: ignore,
      write: () => Promise.resolve(),
    },
  };
}
