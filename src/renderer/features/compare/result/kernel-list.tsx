import { Table } from '@mantine/core';
import type { Kernels } from '../../../../shared/domain/comparison.ts';
import { KindMark } from '../../../components/kind-mark.tsx';
import { PlainTable } from '../../../components/plain-table.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { summarizeKernels, type KernelClass } from './summarize-kernels.ts';
import classes from './result.module.css';

const classWords: Readonly<Record<KernelClass, string>> = {
  integer: 'integer',
  'weight-only': 'small weights',
  float: 'float',
  conversion: 'conversion',
  other: 'other',
};

/** Operators listed at first; the rest takes little time. */
const shownOperators = 8;
const shownNames = 6;

interface KernelListProps {
  /** null: the profile failed. */
  kernels: Kernels | null;
  side: string;
  name: string;
}

/** The operators of one side, most time first, and what of it should not be there. */
export function KernelList({ kernels, side, name }: KernelListProps) {
  const format = useFormat();
  const heading = (
    <h3 className={classes.sideName}>
      {side} <span className={classes.muted}>{name}</span>
    </h3>
  );
  if (kernels === null) {
    return (
      <div>
        {heading}
        <p className={classes.muted}>Not available: the profile of this side failed.</p>
      </div>
    );
  }
  const { operators, fusedNodes, islands, weightConversions, provider } = kernels;
  const shares = summarizeKernels(kernels);
  const rest = operators.slice(shownOperators);
  return (
    <div>
      {heading}
      <p>
        {fusedNodes === 0
          ? 'No fused quantized kernel'
          : `${format.count(fusedNodes)} fused quantized ${fusedNodes === 1 ? 'kernel' : 'kernels'}`}{' '}
        on {provider}.{' '}
        <span className={classes.muted}>
          Time:{' '}
          {shares
            .map(({ kernelClass, share }) => `${classWords[kernelClass]} ${format.quantity(share, 'ratio')}`)
            .join(', ')}
          .
        </span>
      </p>
      <PlainTable label={`Operators of the ${side.toLowerCase()}`} leastWidthPx={380}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Operator</Table.Th>
            <Table.Th scope="col">Class</Table.Th>
            <Table.Th data-number scope="col">
              Nodes
            </Table.Th>
            <Table.Th data-number scope="col">
              Share of the time <KindMark compact kind="measured" />
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {operators.slice(0, shownOperators).map((one) => (
            <Table.Tr key={`${one.operator} ${one.class}`}>
              <Table.Th className={classes.operator} scope="row">
                <OperatorName operator={one.operator} />
              </Table.Th>
              <Table.Td>{classWords[one.class]}</Table.Td>
              <Table.Td data-number>{format.count(one.nodes)}</Table.Td>
              <Table.Td data-number>
                <span className={classes.share}>
                  <span aria-hidden="true" className={classes.bar} data-class={one.class}>
                    <span style={{ width: `${100 * one.share}%` }} />
                  </span>
                  <span className={classes.shareText}>{toShare(one.share, format.locale)}</span>
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
          {rest.length > 0 && (
            <Table.Tr>
              <Table.Th className={classes.muted} scope="row">
                {format.count(rest.length)} more {rest.length === 1 ? 'operator' : 'operators'}
              </Table.Th>
              <Table.Td />
              <Table.Td data-number>{format.count(rest.reduce((sum, { nodes }) => sum + nodes, 0))}</Table.Td>
              <Table.Td data-number>
                {toShare(
                  rest.reduce((sum, { share }) => sum + share, 0),
                  format.locale,
                )}
              </Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
      </PlainTable>
      {islands.length > 0 && (
        <Names
          names={islands.map(({ node, operator, share }) => `${node} (${operator}, ${toShare(share, format.locale)})`)}
          title={`${format.count(islands.length)} float ${islands.length === 1 ? 'island' : 'islands'} between conversions`}
        />
      )}
      {weightConversions.length > 0 && (
        <Names
          names={weightConversions}
          title={`Weights converted to float on every run, in ${format.count(weightConversions.length)} ${weightConversions.length === 1 ? 'node' : 'nodes'}`}
        />
      )}
    </div>
  );
}

/** With the domain of an operator that is not of ONNX itself, after which a line may break. */
function OperatorName({ operator }: { operator: string }) {
  const end = operator.lastIndexOf(':') + 1;
  if (end === 0) return operator;
  return (
    <>
      <span className={classes.domain}>{operator.slice(0, end)}</span>
      <wbr />
      {operator.slice(end)}
    </>
  );
}

function Names({ names, title }: { names: readonly string[]; title: string }) {
  const more = names.slice(shownNames);
  return (
    <div className={classes.names}>
      <h4>{title}</h4>
      <ul>
        {names.slice(0, shownNames).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {more.length > 0 && (
        <details>
          <summary>{more.length} more</summary>
          <ul>
            {more.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Shares stand below one another, so all have one decimal. */
function toShare(share: number, locale: string | undefined): string {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${format.format(100 * share)} %`;
}
