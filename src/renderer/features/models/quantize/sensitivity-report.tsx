import { Button } from '@mantine/core';
import { useState } from 'react';
import type { LossMeasure, NodeSensitivity, Sensitivity } from '../../../../shared/domain/sensitivity.ts';
import { MissingReading, ReadingView, Readings } from '../../../components/reading-view.tsx';
import { useFormat } from '../../../components/use-format.ts';
import classes from './quantize.module.css';

const labels: Readonly<Record<LossMeasure, string>> = {
  accuracy: 'Fall of accuracy',
  'top-1': 'Other answers',
  error: 'Relative error',
};

/** What a variant costs on evaluation data, and what was left in float32 for it. */
export function SensitivityReport({ sensitivity }: { sensitivity: Sensitivity }) {
  const format = useFormat();
  const { measure, bound, evaluation, all, reached, excluded, scan, voidReason } = sensitivity;
  const { modelsTried, durationS, remarks } = sensitivity;
  const label = labels[measure];
  const { accuracy } = reached;
  return (
    <section aria-labelledby="loss">
      <h3 className={classes.stance} id="loss">
        What it costs on {evaluation.description}
      </h3>
      <Readings>
        {excluded.length > 0 && (
          <LossReading label={`${label}, every node quantized`} reading={all.loss} samples={evaluation.samples} />
        )}
        <LossReading label={label} reading={reached.loss} samples={evaluation.samples} />
        {accuracy !== null && (
          <>
            <ReadingView label="Accuracy before" reading={accuracy.source} />
            <ReadingView label="Accuracy after" reading={accuracy.variant} />
          </>
        )}
      </Readings>
      <ul aria-label="How the loss was bounded" className={classes.remarks}>
        {voidReason !== null && <li>{`This is void: ${voidReason}.`}</li>}
        {bound !== null && (
          <li>
            {`The bound is ${format.quantity(bound, 'ratio')}. `}
            {excluded.length === 0
              ? 'It is met with every node quantized.'
              : `${format.count(excluded.length)} ${excluded.length === 1 ? 'node is' : 'nodes are'} left in float32 for it.`}
          </li>
        )}
        <li>
          {`${format.count(modelsTried)} ${modelsTried === 1 ? 'variant was' : 'variants were'} made and run in ${format.duration(durationS)}.`}
        </li>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
      {scan !== null && scan.nodes.length > 0 && (
        <NodeCosts measure={measure} nodes={scan.nodes} samples={scan.samples} />
      )}
    </section>
  );
}

interface NodeCostsProps {
  nodes: readonly NodeSensitivity[];
  measure: LossMeasure;
  samples: number;
}

/** Rows that are shown before the others are asked for. */
const shownFirst = 12;

/** What each node costs when it alone is quantized, those that cost most first. */
function NodeCosts({ nodes, measure, samples }: NodeCostsProps) {
  const format = useFormat();
  const [isAll, setIsAll] = useState(false);
  const share = (value: number | null): string => (value === null ? 'not finite' : format.quantity(value, 'ratio'));
  return (
    <>
      <table className={classes.table}>
        <caption className={classes.caption}>{`What a node costs alone, ${format.count(samples)} samples`}</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Operator</th>
            <th className={classes.number} scope="col">
              Relative error
            </th>
            {measure !== 'error' && (
              <th className={classes.number} scope="col">
                {labels[measure]}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {(isAll ? nodes : nodes.slice(0, shownFirst)).map(({ node, operator, error, loss }) => (
            <tr key={node}>
              <th scope="row">
                <code>{node}</code>
              </th>
              <td>{operator.replace('com.microsoft:', '')}</td>
              <td className={classes.number}>{share(error)}</td>
              {measure !== 'error' && <td className={classes.number}>{share(loss)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {!isAll && nodes.length > shownFirst && (
        <Button onClick={() => setIsAll(true)} size="compact-sm" variant="subtle">
          {`Show ${format.count(nodes.length - shownFirst)} that cost less`}
        </Button>
      )}
    </>
  );
}

interface LossReadingProps {
  label: string;
  reading: Sensitivity['all']['loss'];
  samples: number;
}

function LossReading({ label, reading, samples }: LossReadingProps) {
  if (reading !== null) return <ReadingView label={label} reading={reading} />;
  return (
    <MissingReading label={label} reason={`Its outputs are not finite on ${samples} samples.`} word="not finite" />
  );
}
