import type {
  ComparisonConditions,
  ComparisonRecord,
  SideEvidence,
  Speed,
} from '../../../../shared/domain/comparison.ts';
import { describeThreads } from '../../../components/describe-config.ts';
import { Facts, type Fact } from '../../../components/facts.tsx';
import { Panel } from '../../../components/page.tsx';
import { useFormat, type Format } from '../../../components/use-format.ts';
import { toPercent } from '../answer.ts';
import { formatPValue } from './p-value.ts';
import classes from './result.module.css';

const stopWords = {
  settled: 'as soon as the verdict was settled',
  'time-limit': 'at the longest time that was given',
  cancelled: 'because it was cancelled',
} as const;

/** What was asked, how it was measured, and with what. */
export function ProvenancePanel({ record }: { record: ComparisonRecord }) {
  const format = useFormat();
  const { plan, result } = record;
  const candidate = plan.candidates[record.candidate] ?? plan.baseline;
  return (
    <Panel title="How it was measured">
      <div className={classes.sides}>
        <Facts facts={describeMethod(record, format)} />
        <Facts facts={describeOrigin(record, format)} />
      </div>
      <div className={classes.sides}>
        <Side
          conditions={result.conditions?.baseline ?? null}
          evidence={result.baseline}
          side={plan.baseline}
          title="Baseline"
        />
        <Side
          conditions={result.conditions?.candidate ?? null}
          evidence={result.candidate}
          side={candidate}
          title="Candidate"
        />
      </div>
    </Panel>
  );
}

type SideConditions = ComparisonConditions['baseline'];

interface SideProps {
  title: string;
  /** null: nothing was measured. */
  conditions: SideConditions | null;
  side: ComparisonRecord['plan']['baseline'];
  evidence: SideEvidence;
}

function Side({ title, side, evidence, conditions }: SideProps) {
  const format = useFormat();
  const { path, modelSha256, recipe, weightPrecision } = evidence;
  const device = conditions?.device ?? null;
  const threads = side.threads === 0 ? 'one thread per core' : describeThreads(side.threads);
  const precision = Object.entries(weightPrecision).map(([type, share]) => `${type} ${toPercent(share, format)}`);
  return (
    <div>
      <h3 className={classes.sideName}>{title}</h3>
      <Facts
        facts={[
          { name: 'Model', value: side.model },
          { name: 'File', value: <code>{path}</code> },
          { name: 'SHA-256', value: <code>{modelSha256}</code> },
          { name: 'Recipe', value: recipe ?? 'not quantized by Inferometer' },
          { name: 'Weights', value: precision.length === 0 ? 'none' : precision.join(', ') },
          { name: 'Runs on', value: [side.provider, device, threads].filter((part) => part !== null).join(', ') },
          ...(conditions === null ? [] : [{ name: 'Warm-up', value: describeWarmUp(conditions, format) }]),
        ]}
      />
    </div>
  );
}

function describeMethod({ plan, result, durationS }: ComparisonRecord, format: Format): Fact[] {
  const { speed } = result;
  const dims = Object.entries(plan.dims).map(([name, size]) => `${name} = ${format.count(size)}`);
  const asked: Fact[] = [
    { name: 'Batch', value: format.count(plan.batch) },
    { name: 'Dimensions', value: dims.length === 0 ? 'by the model' : dims.join(', ') },
    { name: 'Data', value: plan.data === null ? `generated, seed ${plan.seed}` : <code>{plan.data}</code> },
    { name: 'Margin', value: `± ${toPercent(plan.margin, format)}` },
  ];
  if (speed === null) return [...asked, { name: 'Took', value: format.duration(durationS) }];
  const { queriesPerBlock: queries, pairing } = speed;
  return [
    ...asked,
    {
      name: 'Pairs',
      value: `${format.count(speed.pairs)} pairs of blocks, ${format.count(queries.baseline)} queries of the baseline and ${format.count(queries.candidate)} of the candidate in each`,
    },
    {
      name: 'Order',
      value:
        pairing === 'resident' ? 'in turn (ABBA), both loaded in one process' : 'in turn, in processes of their own',
    },
    { name: 'Spread', value: `${toPercent(speed.logRatioDeviation, format)} between pairs (σ of the log ratio)` },
    { name: 'By chance', value: `${formatPValue(speed.pValue, format.locale)}, of a speed-up within the margin` },
    { name: 'Ended', value: stopWords[speed.stopped] },
    { name: 'Measured for', value: `${format.duration(speed.durationS)}${describePrediction(speed, format)}` },
  ];
}

/** Once the verdict is settled, how long it might have taken says nothing any more. */
function describePrediction({ stopped, predictedDurationS: longestS }: Speed, format: Format): string {
  if (stopped === 'settled' || longestS === null) return '';
  return `; a difference of one and a half margins would have taken up to ${format.duration(longestS)}`;
}

function describeOrigin(record: ComparisonRecord, format: Format): Fact[] {
  const { app, onnxruntime, machineFingerprint, machineSha256, id, createdAt, durationS, result } = record;
  const { conditions } = result;
  return [
    { name: 'Comparison', value: <code>{id}</code> },
    { name: 'Begun', value: format.time(createdAt) },
    { name: 'Took in all', value: format.duration(durationS) },
    { name: 'Machine', value: <code title={machineSha256}>{machineFingerprint.slice(0, 16)}</code> },
    { name: 'ONNX Runtime', value: onnxruntime },
    ...(conditions === null ? [] : [{ name: 'Node', value: conditions.node }, ...describeLoad(conditions, format)]),
    { name: 'Inferometer', value: app.commit === null ? app.version : `${app.version}, ${app.commit.slice(0, 12)}` },
  ];
}

/** What else the processors did, as far as this system tells. */
function describeLoad(conditions: ComparisonConditions, format: Format): Fact[] {
  const shares: [string, number | null][] = [
    ['before', conditions.otherLoadBefore],
    ['during', conditions.otherLoadDuring],
    ['stolen by the hypervisor', conditions.stealShare],
  ];
  const told = shares.flatMap(([when, share]) => (share === null ? [] : [`${toPercent(share, format)} ${when}`]));
  return [{ name: 'Load of others', value: told.length === 0 ? 'this system does not tell' : told.join(', ') }];
}

function describeWarmUp({ warmUp }: SideConditions, format: Format): string {
  const { runs, durationNs, steady } = warmUp;
  return `${format.count(runs)} queries in ${format.quantity(durationNs, 'ns')}, ${steady ? 'steady' : 'not steady in the end'}`;
}
