import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { NoSamples } from './no-samples.tsx';
import { OutlierTable } from './outlier-table.tsx';
import { ProcessSwitch, shownProcess, type ShownProcess } from './process-switch.tsx';
import classes from './results.module.css';
import { sampleColumns } from './sample-columns.tsx';
import { saveSamples } from './save-samples.ts';
import { useSamples } from './use-samples.ts';

/** Every sample that was kept, with what stands out counted and nothing removed. */
export function RawTab({ cell, ...shown }: ShownProcess & { cell: CellRecord }) {
  const process = shownProcess(shown);
  const summary = shown.measurement.processes[process];
  if (shown.series.length === 0) return <NoSamples />;
  return (
    <>
      <ProcessSwitch {...shown} process={process} />
      {summary !== undefined && <OutlierTable summary={summary} />}
      <Samples cell={cell} key={process} process={process} />
    </>
  );
}

/** The samples of one engine process as a table and as a file. */
export function Samples({ cell, process }: { cell: CellRecord; process: number }) {
  const format = useFormat();
  const { rows, n, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useSamples(cell.id, process);
  const save = useMutation({ mutationFn: () => saveSamples(cell.id, process) });
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (n === null) return <Loading what="Reading the samples." />;
  return (
    <>
      <div className={classes.samplesHead}>
        <span className={classes.muted}>
          {format.count(n)} {n === 1 ? 'sample' : 'samples'}, times from the start of the measured part
        </span>
        <Button loading={save.isPending} onClick={() => save.mutate()} size="compact-sm" variant="default">
          Samples as CSV
        </Button>
      </div>
      {save.isError && <FailureNote error={save.error} />}
      <div className={classes.samples}>
        <DataTable
          columns={sampleColumns}
          isComplete={!hasNextPage}
          label="Samples in order of issue"
          leastWidthPx={480}
          maxHeight="480px"
          onNearEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
          rows={rows}
          toKey={({ query }) => String(query)}
        />
      </div>
    </>
  );
}
