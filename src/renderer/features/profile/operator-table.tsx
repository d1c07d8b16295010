import type { ProfileOperator, ProfileRecord } from '../../../shared/domain/profile.ts';
import { describeShapes, shortOperator, shortProvider } from '../../../shared/profile-operators.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import { NodeRows } from './node-rows.tsx';
import classes from './profile.module.css';
import { ShareCell } from './share-cell.tsx';

interface OperatorTableProps {
  record: ProfileRecord;
  /** The operator whose nodes are shown, by its place. */
  opened: number | null;
  onToggle: (index: number) => void;
}

/** Operators by shape, most time first; each opens to its nodes. */
export function OperatorTable({ record: { operators, nodes }, opened, onToggle }: OperatorTableProps) {
  const largest = operators[0]?.share ?? 1;
  return (
    // A part of the page that scrolls is reached by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label="Operators by shape" className={classes.scroll} role="region" tabIndex={0}>
      <table aria-label="Operators by shape" className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">First input → first output</th>
            <th scope="col">Computes on</th>
            <th scope="col">Provider</th>
            <th className={classes.number} scope="col">
              Share of the time
            </th>
            <th className={classes.number} scope="col">
              Time with the profiler
            </th>
            <th className={classes.number} scope="col">
              Nodes
            </th>
          </tr>
        </thead>
        {operators.map((operator, index) => (
          <OperatorRow
            index={index}
            isOpen={opened === index}
            key={`${operator.operator} ${operator.provider} ${operator.nodes[0] ?? index}`}
            largest={largest}
            nodes={nodes}
            onToggle={() => onToggle(index)}
            operator={operator}
          />
        ))}
      </table>
    </div>
  );
}

interface OperatorRowProps {
  operator: ProfileOperator;
  index: number;
  nodes: ProfileRecord['nodes'];
  largest: number;
  isOpen: boolean;
  onToggle: () => void;
}

function OperatorRow({ operator, index, nodes, largest, isOpen, onToggle }: OperatorRowProps) {
  const format = useFormat();
  const { share, timeNs, provider } = operator;
  return (
    <tbody>
      <tr data-open={isOpen || undefined} id={`operator-${index}`}>
        <th scope="row">
          <button aria-expanded={isOpen} className={classes.toggle} onClick={onToggle} type="button">
            <span aria-hidden="true" className={classes.arrow}>
              {isOpen ? '▾' : '▸'}
            </span>
            {shortOperator(operator.operator)}
          </button>
        </th>
        <td className={classes.shape}>{describeShapes(operator)}</td>
        <td>{operator.class}</td>
        <td>{shortProvider(provider)}</td>
        <ShareCell largest={largest} share={share} />
        <td className={classes.number}>
          <ReadingCell unit="ns" value={timeNs} />
        </td>
        <td className={classes.number}>{format.count(operator.nodes.length)}</td>
      </tr>
      {isOpen && <NodeRows nodes={operator.nodes.flatMap((place) => nodes[place] ?? [])} />}
    </tbody>
  );
}
