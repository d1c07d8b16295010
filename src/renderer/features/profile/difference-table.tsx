import type { ComparedPart, ProfileComparison } from '../../../shared/domain/profile.ts';
import { shortOperator } from '../../../shared/profile-operators.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';

/** Rows of both sides, the largest difference first. */
export function DifferenceTable({ comparison: { rows, matchedBy } }: { comparison: ProfileComparison }) {
  const largest = Math.max(...rows.map(({ differenceNs }) => Math.abs(differenceNs)), 0);
  return (
    // A part of the page that scrolls is reached by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label="Differences" className={classes.scroll} role="region" tabIndex={0}>
      <table aria-label="Differences" className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{matchedBy === 'node' ? 'Node of the model' : 'Kind of operator'}</th>
            <th scope="col">Runs as, baseline → candidate</th>
            <th className={classes.number} scope="col">
              Baseline
            </th>
            <th className={classes.number} scope="col">
              Candidate
            </th>
            <th className={classes.number} scope="col">
              Difference
            </th>
            <th scope="col">Less, more</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, baseline, candidate, differenceNs }) => (
            <tr key={key}>
              <th className={classes.key} scope="row" title={key}>
                {key}
              </th>
              <td>{describeOperators(baseline, candidate)}</td>
              <td className={classes.number}>
                <ReadingCell missing="none" unit="ns" value={baseline?.attributedNs ?? null} />
              </td>
              <td className={classes.number}>
                <ReadingCell missing="none" unit="ns" value={candidate?.attributedNs ?? null} />
              </td>
              <Difference differenceNs={differenceNs} largest={largest} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Difference({ differenceNs, largest }: { differenceNs: number; largest: number }) {
  const format = useFormat();
  const width = largest === 0 ? 0 : (50 * Math.abs(differenceNs)) / largest;
  return (
    <>
      <td className={classes.number}>
        {differenceNs > 0 ? '+' : ''}
        {format.quantity(differenceNs, 'ns')}
      </td>
      <td className={classes.balance}>
        <span aria-hidden="true" className={classes.balanceTrack}>
          <span
            className={classes.balanceBar}
            data-more={differenceNs > 0 || undefined}
            style={{ width: `${width.toFixed(2)}%`, [differenceNs > 0 ? 'left' : 'right']: '50%' }}
          />
        </span>
      </td>
    </>
  );
}

function describeOperators(baseline: ComparedPart, candidate: ComparedPart): string {
  const [before, after] = [baseline, candidate].map(
    (part) => part?.operators.map(shortOperator).join(', ') ?? 'nothing',
  );
  return before === after ? (before ?? '') : `${before} → ${after}`;
}
