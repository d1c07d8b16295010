import { Facts } from '../../components/facts.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { ModelSummary, TensorInfo } from '../../../shared/domain/model.ts';
import { BarCell } from './bar-cell.tsx';
import classes from './model.module.css';
import type { InspectedModel } from './use-inspection.ts';

/** Operators with their counts, and what the weights are made of. */
export function GraphPanel({ summary }: { summary: ModelSummary }) {
  const format = useFormat();
  const { operators, nodeCount, parameters, weightBytes, weightPrecision } = summary;
  const counts = Object.entries(operators).toSorted(([, left], [, right]) => right - left);
  const largest = counts[0]?.[1] ?? 1;
  const precision = Object.entries(weightPrecision).toSorted(([, left], [, right]) => right - left);
  return (
    <Panel actions={<KindMark kind="computed" />} title="Graph">
      <Facts
        facts={[
          { name: 'Nodes', value: format.count(nodeCount) },
          { name: 'Different operators', value: format.count(counts.length) },
          { name: 'Parameters', value: format.count(parameters) },
          { name: 'Weights', value: format.quantity(weightBytes, 'B') },
        ]}
      />
      {precision.length > 0 && (
        <table className={classes.table}>
          <caption className={classes.caption}>Weights by precision</caption>
          <thead>
            <tr>
              <th scope="col">Element type</th>
              <th className={classes.number} scope="col">
                Share of the weights
              </th>
            </tr>
          </thead>
          <tbody>
            {precision.map(([type, share]) => (
              <tr key={type}>
                <th scope="row">{type}</th>
                <BarCell share={share}>{format.quantity(share, 'ratio')}</BarCell>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <table className={classes.table}>
        <caption className={classes.caption}>Operators, subgraphs included</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th className={classes.number} scope="col">
              Nodes
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map(([operator, count]) => (
            <tr key={operator}>
              <th scope="row">{operator}</th>
              <BarCell share={count / largest}>{format.count(count)}</BarCell>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

export function TensorsPanel({ summary: { inputs, outputs } }: { summary: ModelSummary }) {
  return (
    <Panel title="Inputs and outputs">
      <table className={classes.table}>
        <caption className={classes.hidden}>Tensors that go in and come out</caption>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col">Element type</th>
            <th scope="col">Shape</th>
          </tr>
        </thead>
        <TensorGroup label="Inputs" tensors={inputs} />
        <TensorGroup label="Outputs" tensors={outputs} />
      </table>
    </Panel>
  );
}

function TensorGroup({ label, tensors }: { label: string; tensors: readonly TensorInfo[] }) {
  return (
    <tbody>
      <tr>
        <th className={classes.group} colSpan={3} scope="rowgroup">
          {label}
        </th>
      </tr>
      {tensors.map(({ name, type, dims }) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td>{type}</td>
          <td>
            {dims === null ? (
              <span className={classes.muted}>not stated in the file</span>
            ) : dims.length === 0 ? (
              'a single number'
            ) : (
              <code>{dims.join(' × ')}</code>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

export function IdentityPanel({ model: { path, summary } }: { model: InspectedModel }) {
  const format = useFormat();
  const { sha256, irVersion, opsets, producer, sizeBytes, externalData, metadata } = summary;
  return (
    <Panel title="File">
      <Facts
        facts={[
          { name: 'Path', value: <code>{path}</code> },
          { name: 'SHA-256', value: <code>{sha256}</code> },
          {
            name: 'Size',
            value: `${format.quantity(sizeBytes, 'B')}, ${externalData ? 'weights in files beside it' : 'all in one file'}`,
          },
          { name: 'IR version', value: String(irVersion) },
          {
            name: 'Operator sets',
            value: Object.entries(opsets)
              .map(([domain, version]) => `${domain} ${version}`)
              .join(', '),
          },
          { name: 'Producer', value: producer ?? 'not stated in the file' },
          ...Object.entries(metadata).map(([name, value]) => ({ name, value })),
        ]}
      />
    </Panel>
  );
}
