import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { shortName } from '../../components/describe-config.ts';
import { isMatrix } from '../../components/is-matrix.ts';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { useRefreshRun } from '../../components/use-refresh-run.ts';
import { api } from '../../transport/connection.ts';
import { MatrixView } from './matrix-view.tsx';
import classes from './matrix.module.css';

const route = getRouteApi('/measure/matrix');
/** Runs offered by name; an older one is reached by its address. */
const mostRuns = 200;

/** Many configurations of one run at a glance: which of them to choose. */
export function MatrixScreen() {
  useRefreshRun();
  const search = route.useSearch();
  const listed = useQuery(api.runs.list.queryOptions({ input: { limit: mostRuns } }));
  const matrices = (listed.data?.items ?? []).filter(({ plan }) => isMatrix(plan));
  const runId = (search.run as RunId | undefined) ?? matrices[0]?.id;
  if (runId === undefined) {
    return (
      <Page title="Matrix">
        {listed.isPending && <Loading what="Reading the runs." />}
        {listed.isError && <FailureNote error={listed.error} onRetry={() => void listed.refetch()} />}
        {listed.data !== undefined && (
          <Empty action={<ButtonLink to="/measure/new">New run</ButtonLink>}>
            No run has several configurations yet. Give a new run several batches, threads, instances, providers or
            models, and they will be compared here.
          </Empty>
        )}
      </Page>
    );
  }
  return <MatrixOf matrices={matrices} runId={runId} />;
}

function MatrixOf({ runId, matrices }: { runId: RunId; matrices: readonly RunRecord[] }) {
  const format = useFormat();
  const navigate = route.useNavigate();
  const { data, error, isPending, refetch } = useQuery(api.runs.get.queryOptions({ input: { runId } }));
  const offered = matrices.some(({ id }) => id === runId) || data === undefined ? matrices : [data.run, ...matrices];
  const actions = (
    <>
      <Select
        allowDeselect={false}
        aria-label="Run"
        className={classes.run ?? ''}
        data={offered.map((run) => ({ value: run.id, label: nameRun(run, format) }))}
        nothingFoundMessage="No run has this name."
        onChange={(run) => void navigate({ search: run === null ? {} : { run } })}
        searchable={offered.length > 7}
        value={runId}
      />
      <ButtonLink search={{ run: runId }} to="/measure/results" variant="default">
        All results of the run
      </ButtonLink>
    </>
  );
  if (data !== undefined) return <MatrixView actions={actions} cells={data.cells} key={runId} run={data.run} />;
  return (
    <Page actions={actions} title="Matrix">
      {isPending && <Loading what="Reading the run." />}
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

/** E.g. "resnet50 · 24 Nov 2026, 03:30". */
function nameRun({ plan, createdAt }: RunRecord, format: Format): string {
  const [first = '', ...others] = plan.models.map(shortName);
  const models = others.length === 0 ? first : `${first} and ${others.length} more`;
  return `${models} · ${format.time(createdAt)}`;
}
