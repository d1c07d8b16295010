import { Link } from '@tanstack/react-router';
import type { InferContractRouterOutputs } from '@orpc/contract';
import { describeConfig } from '../../components/describe-config.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
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
          <span className={classes.lost}>▲ not stored</span>
        ) : hasEnded && state === 'pending' ? (
          <span className={classes.quiet}>– not begun</span>
        ) : hasEnded && state === 'running' ? (
          <span className={classes.quiet}>– interrupted</span>
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
