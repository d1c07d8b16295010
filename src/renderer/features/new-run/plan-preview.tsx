import { Button } from '@mantine/core';
import { toCommand } from '../../../shared/command.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Failure } from '../../../shared/errors.ts';
import { TypedCommand } from '../../components/typed-command.tsx';
import { describeLoad, shortName } from '../../components/describe-config.ts';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './new-run.module.css';
import type { PreviewedCell, usePreview } from './use-preview.ts';

/** Beyond it the list says how many more there are. */
const longestList = 200;

/** Every configuration of a plan, what of it is not possible here and why, and the command that does the same. */
export function PlanPreview({ plan, preview }: { plan: Plan | null; preview: ReturnType<typeof usePreview> }) {
  const { check, isSettled } = preview;
  if (plan === null) {
    return <p className={classes.muted}>What it will take appears here when every field is right.</p>;
  }
  return (
    <>
      <section aria-label="Configurations" className={classes.section}>
        <header className={classes.sectionHead}>
          <h2>Configurations</h2>
          {!isSettled && check.data !== undefined ? (
            <span className={classes.muted} role="status">
              being checked
            </span>
          ) : (
            <Button onClick={() => void check.refetch()} size="compact-sm" variant="default">
              Check again
            </Button>
          )}
        </header>
        {check.isError && <FailureNote error={check.error} onRetry={() => void check.refetch()} />}
        {check.isPending && <Loading what="Finding out what can be measured here." />}
        {check.data !== undefined && !check.isError && (
          <>
            <Problems cells={check.data} />
            {plan.search !== undefined && <p className={classes.muted}>{searchWords[plan.search.kind]}</p>}
            <CellTable cells={check.data} isSearch={plan.search !== undefined} />
          </>
        )}
      </section>
      <section aria-label="Command" className={classes.section}>
        <h2>The same from a terminal</h2>
        <TypedCommand command={toCommand(plan)} label="Command that measures this plan" />
      </section>
    </>
  );
}

function Problems({ cells }: { cells: readonly PreviewedCell[] }) {
  const format = useFormat();
  const failing = cells.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  if (failing.length === 0) {
    return <p className={classes.muted}>Nothing speaks against measuring {cells.length === 1 ? 'it' : 'them all'}.</p>;
  }
  const groups = [...Map.groupBy(failing, ({ message }) => message).values()];
  return (
    <ul className={classes.problems}>
      {groups.map((group) => {
        const { code, message, remedy, data } = group[0]! satisfies Failure;
        return (
          <li key={message}>
            <p className={classes.problem}>
              <span aria-hidden="true">✕ </span>
              {message}
            </p>
            <p>
              {code === 'DIMENSION_NEEDED' && data?.dimensions !== undefined
                ? 'Give a size for each under Open dimensions.'
                : remedy}
            </p>
            <p className={classes.muted}>
              {format.count(group.length)} of {format.count(cells.length)} not possible here · <code>{code}</code>
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** What a search measures instead of a list. */
const searchWords = {
  rate: 'For each of them: a lone query, short trials at rates that follow from the results, and a confirmation.',
  tune: 'Short trials choose among them; the best and the defaults of ONNX Runtime are then measured in full.',
} as const;

function CellTable({ cells, isSearch }: { cells: readonly PreviewedCell[]; isSearch: boolean }) {
  const format = useFormat();
  const more = cells.length - longestList;
  const loads = cells.map(({ config }) => describeLoad(config));
  // The rates of a search are not known before it.
  const hasLoads = !isSearch && loads.some((load) => load !== '');
  // What every configuration has alike gives its room to what sets them apart.
  const hasThreads = !hasLoads || cells.some(({ config }) => config.threads !== 0);
  const hasBatches = !hasLoads || cells.some(({ config }) => config.batch !== 1);
  const hasInstances = cells.some(({ config }) => config.instances !== undefined);
  return (
    // What scrolls is reached by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label="List of configurations" className={classes.scroll} role="region" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Provider</th>
            {hasThreads && (
              <th className={classes.number} scope="col">
                Threads
              </th>
            )}
            {hasBatches && (
              <th className={classes.number} scope="col">
                Batch
              </th>
            )}
            {hasInstances && (
              <th className={classes.number} scope="col">
                Instances
              </th>
            )}
            {hasLoads && <th scope="col">Load</th>}
            <th scope="col">Here</th>
          </tr>
        </thead>
        <tbody>
          {cells.slice(0, longestList).map(({ config, problem }, index) => (
            <tr key={JSON.stringify(config)}>
              <th className={classes.model} scope="row" title={config.model}>
                {shortName(config.model)}
              </th>
              <td>{config.provider}</td>
              {hasThreads && (
                <td className={classes.number}>{config.threads === 0 ? 'per core' : format.count(config.threads)}</td>
              )}
              {hasBatches && <td className={classes.number}>{format.count(config.batch)}</td>}
              {hasInstances && <td className={classes.number}>{format.count(config.instances ?? 1)}</td>}
              {hasLoads && <td>{loads[index]}</td>}
              <td className={problem === null ? classes.possible : classes.impossible}>
                <span aria-hidden="true">{problem === null ? '✓' : '✕'}</span>{' '}
                {problem === null ? 'possible' : 'not possible'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className={classes.muted}>and {format.count(more)} more</p>}
    </div>
  );
}
