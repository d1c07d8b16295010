import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import { createMachinePorts, readMachine } from '../../unit/hardware/support/machines.ts';

/** The machine of every picture and of every stored run: two sockets, a GPU without its driver, nothing else running. */
export function detectFixedMachine(): Promise<MachineReport> {
  return detectMachine(createMachinePorts(readMachine('xeon-two-socket')));
}
