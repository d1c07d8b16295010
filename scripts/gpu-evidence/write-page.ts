import { findReferenceModel } from '../../src/core/models/registry.ts';
import { macsPerSample } from '../../src/core/measure/plausibility.ts';
import type { Gpu, MachineReport } from '../../src/shared/domain/machine.ts';
import type { Observed, Reading } from '../../src/shared/domain/provenance.ts';
import type { ProviderReport } from '../../src/shared/domain/provider.ts';
import { labelProvider } from '../../src/shared/placement-label.ts';
import { formatQuantity, formatReading } from '../../src/shared/units.ts';
import type { Figure } from './measure.ts';
import { findCeiling } from './roofline.ts';

/** Everything that the page is made of. */
export interface Evidence {
  measuredOn: string;
  commit: string;
  machineLine: string;
  machine: MachineReport;
  providers: readonly ProviderReport[];
  /** True: the only adapter was one in software, so no figure is one of a GPU. */
  isSoftware: boolean;
  librariesLine: string;
  figures: readonly Figure[];
  tests: { passed: number; failed: number };
}

/** The page as Markdown. */
export function toPage(evidence: Evidence): string {
  const { isSoftware, machine, tests } = evidence;
  const lines = [
    '# What was seen on GPUs',
    '',
    'Written by `npm run gpu-evidence`, which measures on every provider that works on the machine where it is started.',
    '',
    isSoftware
      ? '**No machine with an NVIDIA GPU was available. Everything here ran on a Vulkan device in software (SwiftShader): it shows that the path works, and no figure says anything about the speed of a GPU.**'
      : '**Measured on the device that is named below.**',
    '',
    `${evidence.measuredOn}, commit ${evidence.commit}. Machine: ${evidence.machineLine}. ${evidence.librariesLine}`,
    '',
    '## Devices',
    '',
    ...table(['GPU', 'driver', 'CUDA of the driver', 'memory', 'power limit'], listGpus(machine.gpus)),
    '',
    ...table(
      ['provider', 'state', 'device, or reason'],
      evidence.providers.map(({ name, status }) =>
        status.status === 'available'
          ? [name, status.software === true ? 'software' : 'available', status.device]
          : [name, 'unavailable', status.reason],
      ),
    ),
    '',
    `The test project \`gpu\` on this machine: ${tests.passed} passed, ${tests.failed} failed.`,
    '',
    '## Figures',
    '',
    'Single stream, quick grade, host to host, one process each; 95 % intervals in parentheses. "On device" is the share of the time by a profiling pass of its own, which is never timed; "pass" is how many times longer a profiled run took. Copies of inputs and outputs are not separable with these providers.',
    '',
    ...table(
      ['model', 'precision', 'batch', 'label', 'p50', 'samples/s', 'on device', 'pass', 'verdict'],
      evidence.figures.map(toFigureRow),
    ),
    '',
    '## Roofline',
    '',
    'Multiply-accumulates of the model times two, times the rate, over what the device cannot exceed. Above 100 % something is wrong: a batch that was not executed, TF32 taken for FP32, or another model.',
    '',
    ...table(
      ['model', 'precision', 'batch', 'label', 'achieved', 'ceiling', 'share'],
      evidence.figures.flatMap((figure) => toRooflineRow(figure, machine)),
    ),
    '',
    ...listRemarks(evidence.figures),
  ];
  return `${lines.join('\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [toLine(head), toLine(head.map(() => '---')), ...rows.map(toLine)];
}

function orReason<T>(observed: Observed<T>, format: (value: T) => string): string {
  return observed.status === 'present' ? format(observed.value) : observed.reason;
}

function listGpus(gpus: MachineReport['gpus']): string[][] {
  if (gpus.status === 'absent') return [[`none: ${gpus.reason}`, '', '', '', '']];
  return gpus.value.map((gpu) => [
    gpu.name,
    orReason(gpu.driverVersion, String),
    orReason(gpu.cudaDriverVersion, String),
    orReason(gpu.memoryBytes, (bytes) => formatQuantity(bytes, 'B').text),
    orReason(gpu.powerLimitW, (watts) => formatQuantity(watts, 'W').text),
  ]);
}

function describeReading(reading: Reading | null | undefined): string {
  if (reading == null) return 'not earned';
  const { text, interval } = formatReading(reading);
  return interval === null ? text : `${text} (${interval})`;
}

function headOf({ subject, cell: { config, outcome }, remark }: Figure): string[] {
  const placement = outcome.state === 'completed' ? outcome.measurement.placement : undefined;
  const label = labelProvider(config.provider, placement);
  return [subject.model, subject.precision, String(config.batch), remark === null ? label : `${label}; ${remark}`];
}

function toFigureRow(figure: Figure): string[] {
  const { outcome } = figure.cell;
  const head = headOf(figure);
  if (outcome.state === 'failed') return [...head, '', '', '', '', outcome.failure.message];
  if (outcome.state !== 'completed') return [...head, '', '', '', '', outcome.state];
  const { measurement, validity } = outcome;
  const median = measurement.summary.percentiles.find(({ percentile }) => percentile === 50);
  const { placement } = measurement;
  const proved = placement?.status === 'present' ? placement.value : null;
  return [
    ...head,
    describeReading(median?.status === 'earned' ? median.reading : null),
    describeReading(measurement.summary.throughput),
    proved === null ? (placement?.status === 'absent' ? placement.reason : '') : percent(proved.deviceShare),
    proved?.overheadRatio == null ? '' : `${proved.overheadRatio.toFixed(2)}×`,
    [validity.verdict, ...validity.findings.map(({ code }) => code)].join(', '),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}

function gigaflops(flops: number): string {
  return `${Number((flops / 1e9).toPrecision(3)).toLocaleString('en')} GFLOP/s`;
}

function toRooflineRow(figure: Figure, machine: MachineReport): string[][] {
  const { subject, reference, cell } = figure;
  if (cell.outcome.state !== 'completed') return [];
  const rate = cell.outcome.measurement.summary.throughput?.value;
  const macs = macsPerSample(findReferenceModel(reference) ?? null, cell.config.dims);
  if (rate === undefined || macs === null) return [];
  const options = cell.provenance?.providerOptions ?? {};
  const ceiling = findCeiling(machine, gpuOf(figure, machine), {
    precision: subject.precision,
    tf32: options.tf32 === 'on',
  });
  const achieved = 2 * macs * rate;
  return [
    [
      ...headOf(figure),
      gigaflops(achieved),
      ceiling === null ? 'not known' : `${gigaflops(ceiling.flops)}, ${ceiling.what}`,
      ceiling === null ? '' : percent(achieved / ceiling.flops),
    ],
  ];
}

/** The GPU that the provenance names; null on the CPU and on adapters in software. */
function gpuOf({ cell: { provenance } }: Figure, { gpus }: MachineReport): Gpu | null {
  if (gpus.status === 'absent' || provenance === null) return null;
  const { device, provider } = provenance.runtime;
  if (provider === 'cpu') return null;
  return gpus.value.find(({ name }) => device?.includes(name) === true) ?? null;
}

/** What the findings of the figures mean, once each. */
function listRemarks(figures: readonly Figure[]): string[] {
  const reasons = new Map<string, string>();
  for (const { cell } of figures) {
    if (cell.outcome.state !== 'completed') continue;
    for (const { code, reason } of cell.outcome.validity.findings) {
      if (!reasons.has(code)) reasons.set(code, reason);
    }
  }
  if (reasons.size === 0) return [];
  return ['## Findings', '', ...[...reasons].map(([code, reason]) => `- ${code}, for example: ${reason}`), ''];
}
