import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Core } from '../core/create-core.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';

/** What every command gets: where to write, when to stop, and the core, opened when it is first asked for. */
export interface CommandHost {
  terminal: Terminal;
  /** Aborted by the first Ctrl+C; the second ends the process. */
  signal: AbortSignal;
  openCore(): Promise<Core>;
  /** True: the result is one JSON document, so nothing else may go to standard output. */
  json: boolean;
  /** Writes the JSON document now, for a command whose answer is there long before its end; the end writes no other. */
  answer(data: unknown): void;
}

/** What a command answers; the data becomes the JSON document. */
export interface CommandResult {
  data: unknown;
  exitCode?: number;
}

/** 0 ok; 2 usage or bad input; 3 measured but INVALID; 4 engine crashed; 130 cancelled; 1 is a defect. */
export const exitCodes = { ok: 0, defect: 1, badInput: 2, invalid: 3, engineFailed: 4, cancelled: 130 } as const;

interface GlobalOptions {
  dataDir?: string;
  json?: boolean;
  color?: boolean;
}

/** Why a command gave no result, as people and programs are told. */
interface CommandFailure {
  code: string;
  message: string;
  remedy: string;
  data?: Record<string, unknown> | undefined;
}

/**
 * Runs one command: opens what it needs, writes the JSON document or the error, and sets the exit code. The process
 * ends by itself when everything is written. `kept` says what stays when it is cancelled.
 */
export async function perform(
  command: CommandUnknownOpts,
  action: (host: CommandHost) => Promise<CommandResult>,
  { kept = 'What was measured is kept' }: { kept?: string } = {},
): Promise<void> {
  const { dataDir, json = false, color = true } = command.optsWithGlobals() as GlobalOptions;
  const terminal = createTerminal({ color, json });
  const cancellation = listenForCancellation(terminal, kept);
  let core: Core | null = null;
  let answered = false;
  const answer = (data: unknown): void => {
    if (json && !answered) writeDocument({ schemaVersion: 1, command: toName(command), ok: true, data });
    answered = true;
  };
  const host: CommandHost = {
    terminal,
    signal: cancellation.signal,
    json,
    answer,
    async openCore() {
      const { createCore } = await import('../core/create-core.ts');
      return (core ??= createCore({ dataDirectory: dataDir }));
    },
  };
  try {
    const { data, exitCode = exitCodes.ok } = await action(host);
    terminal.endProgress();
    answer(data);
    process.exitCode = exitCode;
  } catch (error) {
    terminal.endProgress();
    // After the document of an answer, an error is for people alone.
    await reportFailure(error, {
      command: toName(command),
      json: json && !answered,
      cancelled: cancellation.signal.aborted,
    });
  } finally {
    cancellation[Symbol.dispose]();
    // An assertion of the type: the compiler does not see the assignment inside the closure.
    (core as Core | null)?.[Symbol.dispose]();
  }
}

/** Writes why a command line could not be understood. */
export function reportUsage(message: string, remedy: string, options: { command: string | null; json: boolean }): void {
  writeFailure({ code: 'USAGE', message, remedy }, options);
  process.exitCode = exitCodes.badInput;
}

async function reportFailure(
  error: unknown,
  { command, json, cancelled }: { command: string; json: boolean; cancelled: boolean },
): Promise<void> {
  const { InferometerError } = await import('../shared/errors.ts');
  if (process.env.INFEROMETER_DEBUG === '1') console.error(error);
  if (error instanceof InferometerError) {
    writeFailure(error.toFailure(), { command, json });
    process.exitCode = toExitCode(error.code, cancelled);
    return;
  }
  if (cancelled) {
    writeFailure(
      { code: 'CANCELLED', message: 'The work was cancelled.', remedy: 'Start it again when convenient.' },
      { command, json },
    );
    process.exitCode = exitCodes.cancelled;
    return;
  }
  const failure = {
    code: 'INTERNAL',
    message: `A defect of Inferometer: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Run the command again with INFEROMETER_DEBUG=1 and report what it prints.',
  };
  writeFailure(failure, { command, json });
  process.exitCode = exitCodes.defect;
}

function toExitCode(code: string, cancelled: boolean): number {
  if (code === 'CANCELLED' || cancelled) return exitCodes.cancelled;
  return code === 'ENGINE_FAILED' ? exitCodes.engineFailed : exitCodes.badInput;
}

/** What happened, what to do, and the code to look up: three lines. */
function writeFailure(failure: CommandFailure, { command, json }: { command: string | null; json: boolean }): void {
  if (json) writeDocument({ schemaVersion: 1, command, ok: false, error: failure });
  const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');
  process.stderr.write(`Error: ${oneLine(failure.message)}\n`);
  process.stderr.write(`To do: ${oneLine(failure.remedy)}\n`);
  process.stderr.write(`Code:  ${failure.code}\n`);
}

function writeDocument(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

function toName(command: CommandUnknownOpts): string {
  const { parent } = command;
  return parent?.parent == null ? command.name() : `${toName(parent)} ${command.name()}`;
}

/** First signal: stop in an orderly way and keep what is there. Second: end now; engines end with this process. */
function listenForCancellation(terminal: Terminal, kept: string): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    terminal.note(`Stopping. ${kept}; Ctrl+C again ends at once.`);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
