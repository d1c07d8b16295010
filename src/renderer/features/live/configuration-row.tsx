import { Link } from '@tanstack/react-router';
import type { InferContractRouterOutputs } from '@orpc/contract';
import { describeConfig } from '../../components/describe-config.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import marks from '../../components/marks.module.css';
import { StateMark } from '../../components/verdict-mark.tsx';
import type { contract } from '../../../shared/contract/index.ts';
import { toCellId } from '../../../shared/domain/ids.ts';
import type { CellOutcome } from '../../../shared/domain/run.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';
import { LostResult } from './lost-result.tsx';
import { WhyNoResult } from './why-no-result.tsx';

type Result = InferContractRouterOutputs<typeof contract>['results']['list']['items'][number];

interface ConfigurationRowProps {
  cell: RunSession['cells'][number];
  index: number;
  runId: RunSession['runId'];
  /** As it is stored; null before that. */
  result: Result | null;
  /** A result that could not be stored. */
  lost: CellOutcome | null;
  hasEnded: boolean;
}

/** One configuration: its name leads to its result as soon as it has one. */
export function ConfigurationRow({ cell, index, runId, result, lost, hasEnded }: ConfigurationRowProps) {
  const { config, state } = cell;
  const name = describeConfig(config);
  const isStored = result !== null && result.state === state && state !== 'pending' && state !== 'running';
  return (
    <tr data-current={(state === 'running' && !hasEnded) || undefined}>
      <td className={classes.number}>{index + 1}</td>
      <th scope="row">
        {isStored && runId !== null ? (
          <Link params={{ cellId: toCellId(runId, index) }} to="/measure/results/$cellId">
            {name}
          </Link>
        ) : (
          name
        )}
      </th>
      <td>
        {lost !== null ? (
          <Mark className={classes.lost} shape="▲" word="not stored" />
        ) : hasEnded && state === 'pending' ? (
          <Mark className={classes.quiet} shape="–" word="not begun" />
        ) : hasEnded && state === 'running' ? (
          <Mark className={classes.quiet} shape="–" word="interrupted" />
        ) : (
          <StateMark state={state} verdict={isStored ? result.verdict : null} />
        )}
      </td>
      {lost !== null ? (
        <LostResult outcome={lost} />
      ) : isStored && state === 'completed' ? (
        <>
          <td className={classes.number}>
            <ReadingCell high={result.p50HighNs} low={result.p50LowNs} unit="ns" value={result.p50Ns} />
          </td>
          <td className={classes.number}>
            <ReadingCell
              high={result.throughputHigh}
              low={result.throughputLow}
              unit="samples/s"
              value={result.throughput}
            />
          </td>
        </>
      ) : isStored && runId !== null ? (
        <td className={classes.why} colSpan={2}>
          <WhyNoResult cellId={toCellId(runId, index)} />
        </td>
      ) : (
        <td colSpan={2} />
      )}
    </tr>
  );
}

/** What only a measurement that has ended says of a configuration. */
function Mark({ className, shape, word }: { className: string | undefined; shape: string; word: string }) {
  return (
    <span className={`${marks.mark ?? ''} ${className ?? ''}`}>
      <span aria-hidden="true" className={marks.shape}>
        {shape}
      </span>
      {word}
    </span>
  );
}
