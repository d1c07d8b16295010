import type { Finding, Measurement, OutputProblem, Validity } from '../../shared/domain/measurement.ts';
import { fewestFeeds, fewestSamples, type InputPool } from '../models/inputs/generate-inputs.ts';
import { queriesNeeded } from '../stats/early-stopping.ts';
import { judgeCache } from './decode/judge-cache.ts';
import { judgePauses } from './idle-gap.ts';
import { judgeOversubscription, judgePinning } from './instances/judge-instances.ts';
import { judgeLateness, judgeOverload } from './load/judge-load.ts';
import { describeGpuProcesses, otherLoadLimit } from './foreign-load.ts';
import { judgePlacement } from './placement/judge-placement.ts';
import { judgeThrottling } from './throttling/judge-throttling.ts';
import type { CellConfig, Grade } from '../../shared/domain/plan.ts';
import type { Reading } from '../../shared/domain/provenance.ts';

/** What validity is judged by, besides the measurement itself. */
export interface ValidityContext {
  config: CellConfig;
  /** Rules that applied, overrides included. */
  grade: Grade;
  customRules: boolean;
  /** Share of weights by element type. */
  weightPrecision: Readonly<Record<string, number>>;
  inputs: Pick<InputPool, 'source' | 'feeds' | 'distinctSamples' | 'remarks'>;
  /** Share within which the windows of warm-up had to agree. */
  warmUpTolerance: number;
  /** Whether the provider runs on a software adapter; null = it does not tell. */
  softwareAdapter: boolean | null;
  /** What the provider worked with besides the session options. */
  providerOptions: Readonly<Record<string, string>>;
  /** Multiply-accumulates of one sample, and the rate that the processors cannot exceed; null = not known. */
  macsPerSample: number | null;
  ceilingMacsPerS: number | null;
}

type Rule = (measurement: Measurement, context: ValidityContext) => Finding | null;

/** Samples shorter than this many steps of the clock say more about the clock. */
const resolutionFactor = 100;
const harnessShareLimit = 0.02;
const stealLimit = 0.01;
const cachingLimit = 0.9;
const earlyStoppingConfidence = 0.99;

function invalid(code: string, reason: string, remedy: string): Finding {
  return { code, severity: 'invalid', reason, remedy };
}

function remark(code: string, reason: string, remedy: string): Finding {
  return { code, severity: 'remark', reason, remedy };
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)} %`;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toPrecision(3)} ms`;
}

/** The trimmed result is offered, never taken silently. */
function describeTrimmed(median: Reading | null): string {
  if (median?.interval?.low == null || median.interval.high === null)
    return 'what came after earns no median of its own';
  const { low, high } = median.interval;
  return `without what came before it the median is ${milliseconds(median.value)} (${milliseconds(low)} to ${milliseconds(high)})`;
}

/** The median where it is earned, otherwise the mean; null where there is neither. */
export function medianLatencyNs({ percentiles, latencyMeanNs }: Measurement['summary']): number | null {
  const median = percentiles.find(({ percentile }) => percentile === 50);
  return median?.status === 'earned' ? median.reading.value : (latencyMeanNs?.value ?? null);
}

/** One sentence: the numbers where there are any, and each output that has none. */
function describeWrongOutputs({ maxRelativeError, problems }: NonNullable<Measurement['expectedOutputs']>): string {
  const words: Record<OutputProblem, string> = {
    missing: 'was not returned',
    'another-shape': 'has another shape than expected',
    'not-finite': 'has values that are not finite where other values were expected',
    'not-comparable': 'cannot be compared',
  };
  const parts = problems.map(({ output, state }) => `"${output}" ${words[state]}`);
  if (maxRelativeError !== null && maxRelativeError > 0) {
    parts.unshift(`The outputs differ from the expected ones by up to ${maxRelativeError.toPrecision(2)} relative`);
  }
  return `${parts.join('; ')}.`;
}

/** The rules of docs/method/measurement.md (validity), one each. */
const rules: readonly Rule[] = [
  ({ processes, instances }, { grade }) => {
    // Engines that work at once share their time.
    const lasted = instances?.commonNs ?? processes.reduce((sum, one) => sum + one.durationNs, 0);
    return lasted >= grade.minDurationS * 1e9
      ? null
      : invalid(
          'TIME',
          `The measured part lasted ${(lasted / 1e9).toFixed(1)} s of the ${grade.minDurationS} s that the grade asks for.`,
          'Let the measurement run to its end.',
        );
  },
  ({ processes }, { grade }) => {
    const queries = processes.reduce((sum, one) => sum + one.queries, 0);
    return queries >= grade.minQueries
      ? null
      : invalid(
          'QUERIES',
          `${queries} queries were measured of the ${grade.minQueries} that the grade asks for.`,
          'Let the measurement run to its end.',
        );
  },
  ({ summary }, { grade }) => {
    const asked = Math.max(...grade.percentiles.filter((one) => one <= 99));
    const needed = queriesNeeded(asked, earlyStoppingConfidence, 1);
    return summary.kept >= needed
      ? null
      : invalid(
          'EARLY_STOPPING',
          `p${asked} at 99 % confidence needs ${needed} queries; ${summary.kept} were measured.`,
          'Measure longer, or at a lower grade that does not ask for this percentile.',
        );
  },
  ({ summary }, { grade }) => {
    const unearned = summary.percentiles.filter(({ status, percentile }) => status === 'unearned' && percentile <= 99);
    return unearned.length === 0 || grade.percentiles.length === 0
      ? null
      : remark(
          'DEPENDENT_SAMPLES',
          `The samples hang together so much that they do not earn ${unearned.map(({ percentile }) => `p${percentile}`).join(', ')}.`,
          'Measure longer, or on a quieter machine.',
        );
  },
  judgeLateness,
  judgeOverload,
  judgePauses,
  judgeCache,
  judgePinning,
  judgeOversubscription,
  ({ disturbance: { suspendedNs } }) =>
    suspendedNs === undefined
      ? null
      : invalid(
          'SUSPENDED',
          `For ${(suspendedNs / 1e9).toFixed(1)} s of the measured part nothing could run: the machine slept or the engine was stopped.`,
          'Keep the machine awake and measure again.',
        ),
  ({ stages }, { config, warmUpTolerance }) =>
    // A trial of a search with a warm-up of its own does not wait for that.
    stages.warmUp.steady || (config.trial?.purpose === 'search' && config.trial.warmUp !== undefined)
      ? null
      : invalid(
          'UNSTEADY',
          `Warm-up ended without three windows in a row that agree within ${percent(warmUpTolerance)}.`,
          'Close other programs, plug in the power supply, and measure again.',
        ),
  ({ summary }, { config, weightPrecision, macsPerSample, ceilingMacsPerS }) => {
    const rate = summary.throughput?.value;
    const comparable = (weightPrecision.float32 ?? 0) > 0.99;
    const limit = config.provider === 'cpu' ? 'these processors can compute' : 'the data sheet of the GPU allows';
    if (!comparable || rate === undefined || macsPerSample === null || ceilingMacsPerS === null) return null;
    return rate * macsPerSample <= ceilingMacsPerS
      ? null
      : invalid(
          'IMPLAUSIBLE',
          `${((rate * macsPerSample) / 1e9).toFixed(0)} GMAC/s is more than ${limit} (${(ceilingMacsPerS / 1e9).toFixed(0)} GMAC/s).`,
          'Check that the batch was really computed, that the file is the model it is called, and on a GPU that TF32 is off.',
        );
  },
  ({ executedBatch }, { config }) =>
    executedBatch === null || executedBatch === config.batch
      ? null
      : invalid(
          'BATCH_NOT_EXECUTED',
          `Batch ${config.batch} was asked for and ${executedBatch} was executed.`,
          'Export the model with a dynamic batch dimension, or measure at the batch that it fixes.',
        ),
  ({ executedBatch }, { config }) =>
    executedBatch !== null || config.batch === 1
      ? null
      : remark(
          'BATCH_NOT_VERIFIED',
          `The batch of ${config.batch} could not be read from an output, so the throughput counts what was fed.`,
          'Name the leading dimension of an output like the batch dimension of the inputs.',
        ),
  ({ expectedOutputs }) =>
    expectedOutputs === null || expectedOutputs.withinTolerance
      ? null
      : invalid(
          'WRONG_OUTPUT',
          describeWrongOutputs(expectedOutputs),
          'Check that the test data belongs to this model, or try the provider "cpu".',
        ),
  ({ expectedOutputs }) => {
    const unread = expectedOutputs?.problems.filter(({ state }) => state === 'not-comparable') ?? [];
    return unread.length === 0
      ? null
      : remark(
          'OUTPUT_NOT_COMPARED',
          `The values of ${unread.map(({ output }) => `"${output}"`).join(', ')} cannot be compared with the expected ones.`,
          'Check these outputs with another tool.',
        );
  },
  (measurement) => {
    const median = medianLatencyNs(measurement.summary);
    const shortest = resolutionFactor * measurement.harness.clockResolutionNs;
    return median === null || median >= shortest
      ? null
      : invalid(
          'CLOCK',
          `A query takes ${median.toFixed(0)} ns, less than ${resolutionFactor} steps of the clock.`,
          'Measure a larger batch, so that a query takes longer.',
        );
  },
  (measurement) => {
    const median = medianLatencyNs(measurement.summary);
    const overheadNs = measurement.harness.nullModelNs;
    return median === null || overheadNs <= harnessShareLimit * median
      ? null
      : remark(
          'HARNESS',
          `A call that computes nothing takes ${(overheadNs / 1000).toFixed(1)} µs, ${percent(overheadNs / median)} of the median.`,
          'Compare this model only with numbers from the same harness, or measure a larger batch.',
        );
  },
  ({ disturbance: { stealShare } }) =>
    stealShare === null || stealShare <= stealLimit
      ? null
      : remark(
          'STEAL',
          `The hypervisor gave ${percent(stealShare)} of the processor time to others.`,
          'Measure on a dedicated machine or at a quieter time.',
        ),
  ({ disturbance: { otherLoadBefore } }) =>
    otherLoadBefore === null || otherLoadBefore <= otherLoadLimit
      ? null
      : remark(
          'OTHER_LOAD',
          `Other programs used ${percent(otherLoadBefore)} of the processor just before the start.`,
          'Close them and measure again.',
        ),
  ({ disturbance: { foreignGpuProcesses = [] } }) =>
    foreignGpuProcesses.length === 0
      ? null
      : remark(
          'FOREIGN_GPU_PROCESS',
          `Just before the start the GPU was also used by ${describeGpuProcesses(foreignGpuProcesses)}.`,
          'End it and measure again; --exclusive refuses to measure beside others.',
        ),
  judgeThrottling,
  ({ summary: { drift } }) =>
    !drift?.flagged
      ? null
      : remark(
          'DRIFT',
          `The last third is ${percent(Math.abs(drift.thirdsRatio))} ${drift.thirdsRatio > 0 ? 'slower' : 'faster'} than the first.`,
          'Let the machine reach a constant temperature, or fix its clock, and measure again.',
        ),
  ({ summary: { changePoint } }) =>
    changePoint === null
      ? null
      : remark(
          'CHANGE_POINT',
          `The level changed at query ${changePoint.atQuery} from ${milliseconds(changePoint.medianBeforeNs)} to ${milliseconds(changePoint.medianAfterNs)}; ${describeTrimmed(changePoint.trimmedMedian)}.`,
          'Look at the samples over time; measure again if something else was started.',
        ),
  (_, { inputs }) =>
    inputs.remarks.length === 0
      ? null
      : remark('INPUTS_ASSUMED', inputs.remarks.join(' '), 'Give real inputs with --inputs.'),
  (_, { config, inputs }) =>
    inputs.distinctSamples >= fewestSamples || config.scenario === 'cold-start'
      ? null
      : remark(
          'FEW_INPUTS',
          `The queries rotate over ${inputs.distinctSamples} of the ${fewestSamples} distinct samples that the method asks for.`,
          inputs.source === 'files' ? 'Give more test data sets.' : 'Use a smaller batch or smaller dimensions.',
        ),
  ({ cachingRatio }, { config, inputs }) =>
    // A token is no input that could be repeated, and a process that answers once repeats none.
    cachingRatio !== null || config.scenario === 'decode' || config.scenario === 'cold-start'
      ? null
      : remark(
          'CACHING_NOT_CHECKED',
          inputs.feeds < fewestFeeds
            ? `Whether repeated inputs are faster was not checked: it takes ${fewestFeeds} distinct queries and there are ${inputs.feeds}.`
            : 'Whether repeated inputs are faster was not checked, because that would have taken too long.',
          inputs.feeds < fewestFeeds && inputs.source === 'files'
            ? 'Give more test data sets.'
            : 'Measure a smaller batch to have it checked.',
        ),
  ({ cachingRatio }) =>
    cachingRatio === null || cachingRatio >= cachingLimit
      ? null
      : remark(
          'CACHING',
          `One repeated input is ${percent(1 - cachingRatio)} faster than the rotation of inputs.`,
          'Quote the rotation; a service does not see the same request twice in a row.',
        ),
  (_, { config, weightPrecision }) =>
    config.provider === 'cpu' && (weightPrecision.float16 ?? 0) > 0.5
      ? remark(
          'FP16_ON_CPU',
          'The CPU provider computes this float16 model in float32.',
          'Take this neither as the speed nor as the quality of FP16; measure on a GPU.',
        )
      : null,
  (_, { softwareAdapter }) =>
    softwareAdapter === true
      ? remark(
          'SOFTWARE_ADAPTER',
          'The provider runs on a software adapter: the CPU does the work.',
          'Do not take this for the speed of a GPU.',
        )
      : null,
  ({ disturbance: { otherLoadDuring } }) =>
    otherLoadDuring === null || otherLoadDuring <= otherLoadLimit
      ? null
      : remark(
          'OTHER_LOAD_DURING',
          `Other programs used ${percent(otherLoadDuring)} of the processor during the measured part.`,
          'Close them and measure again.',
        ),
  ({ placement }, { config }) => judgePlacement(config.provider, placement),
  (_, { providerOptions, weightPrecision }) =>
    providerOptions.tf32 === 'on' && (weightPrecision.float32 ?? 0) > 0.5
      ? remark(
          'TF32',
          'Float32 products may be computed as TF32, with ten bits of mantissa, on NVIDIA GPUs from Ampere on.',
          'Do not quote it as FP32; set NVIDIA_TF32_OVERRIDE=0 in the environment and measure again for that.',
        )
      : null,
  (_, { customRules }) =>
    customRules
      ? remark(
          'CUSTOM_RULES',
          'The minimum time, number of queries or warm-up of the grade was changed.',
          'Measure without overrides for a comparable result.',
        )
      : null,
];

/**
 * Judges a measurement: VALID when no rule objects, INVALID when a condition of the method is not met, otherwise
 * VALID WITH REMARKS. Every finding has its reason and its remedy.
 */
export function judgeValidity(measurement: Measurement, context: ValidityContext): Validity {
  const findings = rules.map((rule) => rule(measurement, context)).filter((finding) => finding !== null);
  if (findings.some(({ severity }) => severity === 'invalid')) return { verdict: 'INVALID', findings };
  return { verdict: findings.length > 0 ? 'VALID WITH REMARKS' : 'VALID', findings };
}
