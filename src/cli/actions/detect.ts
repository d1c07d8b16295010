import { probeProviders } from '../../core/engine-client/probe-provider.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { DetectData } from '../output/documents.ts';
import { printMachine, printProviders } from '../output/machine.ts';

/** What this machine is and which execution providers work on it. */
export async function detect({ openCore, terminal, signal }: CommandHost): Promise<CommandResult> {
  const core = await openCore();
  // One after the other: probes load the machine whose load detection samples.
  const machine = await core.detectMachine();
  printMachine(terminal, machine);
  terminal.progress('Trying the execution providers');
  const providers = await probeProviders(core.spawn, signal);
  signal.throwIfAborted();
  printProviders(terminal, providers);
  const data: DetectData = { machine, providers };
  return { data };
}
