import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../transport/connection.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import { ConfigurationRow } from './configuration-row.tsx';
import classes from './live.module.css';

interface ConfigurationsProps {
  cells: RunSession['cells'];
  runId: RunSession['runId'];
  unsaved: RunSession['unsaved'];
  hasEnded: boolean;
}

/** More rows would take long to draw while processors are being measured. */
const mostRows = 100;
/** Of those, finished ones above the one that is measured. */
const rowsBefore = 20;
/** Largest page of results.list. */
const mostResults = 2_000;

/** Every configuration of the plan with its state and, as soon as it has one, its result. */
export function Configurations({ cells, runId, unsaved, hasEnded }: ConfigurationsProps) {
  const format = useFormat();
  const [showsAll, setShowsAll] = useState(false);
  const results = useResults(runId, cells);
  const current = cells.findIndex(({ state }) => state === 'running');
  const first = showsAll || cells.length <= mostRows ? 0 : Math.max(0, (hasEnded ? 0 : current) - rowsBefore);
  const rows = showsAll ? cells : cells.slice(first, first + mostRows);
  return (
    <>
      <div className={classes.tableScroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th className={classes.number} scope="col">
                #
              </th>
              <th scope="col">Configuration</th>
              <th scope="col">State</th>
              <th className={classes.number} scope="col">
                p50 latency <KindMark compact kind="measured" />
              </th>
              <th className={classes.number} scope="col">
                Throughput <KindMark compact kind="measured" />
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((cell, position) => {
              const index = first + position;
              return (
                <ConfigurationRow
                  cell={cell}
                  hasEnded={hasEnded}
                  index={index}
                  key={index}
                  lost={unsaved.find((one) => one.index === index)?.outcome ?? null}
                  result={results.get(index) ?? null}
                  runId={runId}
                />
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length < cells.length && (
        <p className={classes.more}>
          {format.count(rows.length)} of {format.count(cells.length)} configurations are shown.
          <Button onClick={() => setShowsAll(true)} size="compact-sm" variant="default">
            Show all
          </Button>
        </p>
      )}
    </>
  );
}

/** Stored results by the index of their configuration; asked for again whenever one more has ended. */
function useResults(runId: RunSession['runId'], cells: RunSession['cells']) {
  const ended = cells.filter(({ state }) => state !== 'pending' && state !== 'running').length;
  const options = api.results.list.queryOptions({ input: { runId: runId ?? undefined, limit: mostResults } });
  const { data } = useQuery({
    ...options,
    queryKey: [...options.queryKey, ended],
    enabled: runId !== null && ended > 0,
    placeholderData: keepPreviousData,
  });
  const items = runId === null ? [] : (data?.items ?? []);
  return new Map(items.flatMap((item) => (item.runId === runId ? [[item.index, item] as const] : [])));
}
