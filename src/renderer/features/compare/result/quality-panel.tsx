import { describeExcess } from '../../../../shared/comparison.ts';
import type { LabelledQuality, OutputAgreement, Quality } from '../../../../shared/domain/comparison.ts';
import type { Reading } from '../../../../shared/domain/provenance.ts';
import { Panel } from '../../../components/page.tsx';
import { MissingReading, Readings, ReadingView } from '../../../components/reading-view.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { OutputsTable } from './outputs-table.tsx';
import { formatPValue } from './p-value.ts';
import classes from './result.module.css';

const sources: Readonly<Record<Quality['source'], string>> = {
  labelled: 'on labelled samples',
  files: 'on samples without labels, so that only agreement with the baseline is told',
  generated: 'on generated inputs, which say nothing about a task of yours',
};

/** What the speed cost: accuracy where there are labels, else how far the outputs are from the baseline's. */
export function QualityPanel({ quality }: { quality: Quality | null }) {
  const format = useFormat();
  if (quality === null) {
    return (
      <Panel title="Quality">
        <p className={classes.muted}>Not compared: the outputs of one side are not known, or cannot be compared.</p>
      </Panel>
    );
  }
  const { source, samples, labelled, outputs, voidReason, remarks } = quality;
  const scores = outputs.find(({ top1 }) => top1 !== null);
  return (
    <Panel title="Quality">
      {voidReason !== null && (
        <p className={classes.void}>
          <strong>
            <span aria-hidden="true">□ </span>Void: do not read quality from this.
          </strong>{' '}
          {voidReason}
        </p>
      )}
      <p className={classes.remark}>
        {format.count(samples)} {samples === 1 ? 'sample' : 'samples'}, {sources[source]}.
        {source === 'generated' && voidReason === null && ' Give a data path to compare on data of your own.'}
      </p>
      {labelled !== null && <Labelled hollow={voidReason !== null} labelled={labelled} />}
      {labelled === null && scores !== undefined && <Agreement hollow={voidReason !== null} output={scores} />}
      {outputs.length > 0 && <OutputsTable outputs={outputs} />}
      {remarks.length > 0 && (
        <ul className={classes.remarks}>
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Labelled({ labelled, hollow }: { labelled: LabelledQuality; hollow: boolean }) {
  const format = useFormat();
  const { baseline, candidate, difference, onlyBaselineRight, onlyCandidateRight, mcNemarPValue } = labelled;
  return (
    <Readings>
      <ReadingView hollow={hollow} label="Candidate, accuracy" reading={candidate} />
      <ReadingView hollow={hollow} label="Baseline, accuracy" reading={baseline} />
      <ReadingView
        evidence={<span>percentage points, paired</span>}
        hollow={hollow}
        label="Candidate minus baseline"
        reading={difference}
      />
      <ReadingView
        evidence={
          <span>
            {format.count(onlyBaselineRight)} only the baseline got right, {format.count(onlyCandidateRight)} only the
            candidate; McNemar {formatPValue(mcNemarPValue, format.locale)}
          </span>
        }
        hollow={hollow}
        label="Samples with another answer"
        reading={toCount(onlyBaselineRight + onlyCandidateRight, labelled.samples)}
      />
    </Readings>
  );
}

/** A share of the samples. */
function toCount(count: number, samples: number): Reading {
  return { value: count / samples, unit: 'ratio', kind: 'measured', interval: null, n: samples };
}

function Agreement({ output, hollow }: { output: OutputAgreement; hollow: boolean }) {
  const { top1, top5 } = output;
  return (
    <Readings>
      {top1 !== null && <ReadingView hollow={hollow} label="Top-1 agreement" reading={top1} />}
      {top5 !== null && <ReadingView hollow={hollow} label="Top-5 agreement" reading={top5} />}
      <RelativeError hollow={hollow} output={output} />
    </Readings>
  );
}

function RelativeError({ output, hollow }: { output: OutputAgreement; hollow: boolean }) {
  const format = useFormat();
  const { centredRelativeError: error, samples } = output;
  const label = 'Relative error, centred';
  if (error === null) return <MissingReading label={label} reason="The outputs do not vary from sample to sample." />;
  const excess = describeExcess(output, format.locale);
  if (excess === null) {
    const reading: Reading = { value: error, unit: 'ratio', kind: 'measured', interval: null, n: samples };
    return <ReadingView hollow={hollow} label={label} reading={reading} />;
  }
  return (
    <MissingReading
      label={label}
      reason={`It is ${excess} as large as what the baseline's output varies by from sample to sample.`}
      word="larger than the output varies"
    />
  );
}
