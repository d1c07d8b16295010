import type { Gpu } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { parsePositive } from './files.ts';
import { matchGpu } from './gpu-match.ts';

const FIELDS = [
  'index',
  'name',
  'uuid',
  'memory.total',
  'memory.used',
  'driver_version',
  'vbios_version',
  'clocks.current.sm',
  'clocks.max.sm',
  'clocks.current.memory',
  'clocks.max.memory',
  'temperature.gpu',
  'power.limit',
  'power.max_limit',
  'mig.mode.current',
  'ecc.mode.current',
  'pcie.link.gen.current',
  'pcie.link.gen.max',
  'pcie.link.width.current',
  'pcie.link.width.max',
] as const;
type Field = (typeof FIELDS)[number];

/** Arguments of nvidia-smi whose output `parseSmiGpus` reads. */
export const SMI_ARGUMENTS = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];

const MEBIBYTE = 1024 ** 2;

/** GPUs from the answer of nvidia-smi; the fallback where its library cannot be loaded into this process. */
export function parseSmiGpus(output: string): Observed<Gpu[]> {
  const gpus: Gpu[] = [];
  for (const line of output.split('\n')) {
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells.length !== FIELDS.length) continue;
    gpus.push(toGpu(new Map(FIELDS.map((field, column) => [field, cells[column] ?? ''])), gpus.length));
  }
  return gpus.length > 0
    ? present(gpus)
    : absent('nvidia-smi lists no GPU', 'Run nvidia-smi by hand to see its message.');
}

function toGpu(cells: ReadonlyMap<Field, string>, position: number): Gpu {
  const text = (field: Field) => readCell(cells, field);
  const number = (field: Field) => readNumber(cells, field);
  const positive = (field: Field, factor = 1) => readPositiveCell(cells, field, factor);
  const memoryBytes = positive('memory.total', MEBIBYTE);
  const used = number('memory.used');
  const name = text('name');
  const index = number('index');
  return {
    index: index.status === 'present' && Number.isInteger(index.value) ? index.value : position,
    vendor: 'NVIDIA',
    name: name.status === 'present' ? name.value : 'NVIDIA GPU without a name',
    source: 'nvidia-smi',
    uuid: text('uuid'),
    memoryBytes,
    memoryUsedBytes: used.status === 'present' ? present(used.value * MEBIBYTE) : used,
    driverVersion: text('driver_version'),
    cudaDriverVersion: absent('nvidia-smi does not tell it as a field'),
    vbios: text('vbios_version'),
    smClock: { currentMHz: number('clocks.current.sm'), maxMHz: positive('clocks.max.sm') },
    memoryClock: { currentMHz: number('clocks.current.memory'), maxMHz: positive('clocks.max.memory') },
    temperatureC: number('temperature.gpu'),
    powerLimitW: positive('power.limit'),
    powerLimitMaxW: positive('power.max_limit'),
    migEnabled: readSwitch(cells, 'mig.mode.current'),
    eccEnabled: readSwitch(cells, 'ecc.mode.current'),
    pcieGeneration: { current: positive('pcie.link.gen.current'), max: positive('pcie.link.gen.max') },
    pcieWidth: { current: positive('pcie.link.width.current'), max: positive('pcie.link.width.max') },
    catalogueIds: name.status === 'present' ? matchGpu(name.value, memoryBytes) : name,
  };
}

/** "[N/A]", "N/A", "[Not Supported]", "[Unknown Error]" and the like are answers without a value. */
function readCell(cells: ReadonlyMap<Field, string>, field: Field): Observed<string> {
  const cell = cells.get(field) ?? '';
  const empty = cell === '' || cell === 'N/A' || /^\[.*\]$/.test(cell);
  return empty ? absent(`nvidia-smi answers "${cell}" for ${field}`) : present(cell);
}

function readNumber(cells: ReadonlyMap<Field, string>, field: Field): Observed<number> {
  const cell = readCell(cells, field);
  if (cell.status === 'absent') return cell;
  const value = Number(cell.value);
  return Number.isFinite(value) ? present(value) : absent(`nvidia-smi answers "${cell.value}" for ${field}`);
}

function readPositiveCell(cells: ReadonlyMap<Field, string>, field: Field, factor: number): Observed<number> {
  const cell = readCell(cells, field);
  if (cell.status === 'absent') return cell;
  const value = parsePositive(cell.value);
  return value === null ? absent(`nvidia-smi answers "${cell.value}" for ${field}`) : present(value * factor);
}

function readSwitch(cells: ReadonlyMap<Field, string>, field: Field): Observed<boolean> {
  const cell = readCell(cells, field);
  if (cell.status === 'absent') return cell;
  if (cell.value === 'Enabled') return present(true);
  if (cell.value === 'Disabled') return present(false);
  return absent(`nvidia-smi answers "${cell.value}" for ${field}`);
}
