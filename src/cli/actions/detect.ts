import { probeProviders, untriedProviders } from '../../core/engine-client/probe-provider.ts';
import { readLock } from '../../core/measure/lock.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { DetectData } from '../output/documents.ts';
import { printMachine, printProviders } from '../output/machine.ts';

/** What this machine is and which execution providers work on it. */
export async function detect({ openCore, terminal, signal }: CommandHost): Promise<CommandResult> {
  const core = await openCore();
  // One after the other: probes load the machine whose load detection samples.
  const machine = await core.detectMachine();
  printMachine(terminal, machine);
  const owner = readLock();
  if (owner === null) terminal.progress('Trying the execution providers');
  const providers = owner === null ? await probeProviders(core.spawn, machine, signal) : untriedProviders(owner);
  signal.throwIfAborted();
  printProviders(terminal, providers);
  const data: DetectData = { machine, providers };
  return { data };
}
