import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { StoredRatio } from '../../../../shared/domain/comparison.ts';
import type { CellId } from '../../../../shared/domain/ids.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { shortName } from '../../../components/describe-config.ts';
import { Page, Panel } from '../../../components/page.tsx';
import { Readings, ReadingView } from '../../../components/reading-view.tsx';
import { SpeedVerdictMark } from '../../../components/speed-verdict-mark.tsx';
import { Empty, FailureNote, Loading } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { api, client } from '../../../transport/connection.ts';
import { withInterval } from '../answer.ts';
import { changeDraft } from '../new/draft-store.ts';
import { emptyDraft } from '../new/draft.ts';
import { takeOver } from '../new/take-over.ts';
import { ResultSelect } from '../result-select.tsx';
import { parseStoredRatioSearch, type StoredRatioSearch } from '../search.ts';
import classes from './stored.module.css';

const route = getRouteApi('/measure/compare/stored');
const margin = 0.02;

/** Two results that were measured at different times, set against each other without measuring anything. */
export function StoredRatioScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (change: { [side in keyof StoredRatioSearch]: CellId | null }): void =>
    void navigate({ search: parseStoredRatioSearch({ ...search, ...change }), replace: true });
  const { baseline, candidate } = search;
  return (
    <Page
      actions={<ButtonLink to="/measure/compare/new">New comparison</ButtonLink>}
      lead="The ratio of what was measured before. Nothing is measured, and nothing is paired."
      title="Two stored results"
    >
      <div className={classes.choice}>
        <ResultSelect label="Baseline" onChange={(id) => choose({ baseline: id })} value={baseline ?? null} />
        <ResultSelect label="Candidate" onChange={(id) => choose({ candidate: id })} value={candidate ?? null} />
      </div>
      {baseline === undefined || candidate === undefined ? (
        <Empty>
          Choose two results. Their ratio also holds what changed on this machine between them; a comparison that takes
          turns does not.
        </Empty>
      ) : (
        <Ratio baseline={baseline} candidate={candidate} />
      )}
    </Page>
  );
}

function Ratio({ baseline, candidate }: { baseline: CellId; candidate: CellId }) {
  const { data, error, isPending, refetch } = useQuery(
    api.comparisons.stored.queryOptions({ input: { baseline, candidate, margin } }),
  );
  if (isPending) return <Loading what="Reading both results." />;
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  return <Answer ratio={data} />;
}

function Answer({ ratio }: { ratio: StoredRatio }) {
  const format = useFormat();
  const { verdict, speedup, baseline, candidate, remarks } = ratio;
  return (
    <>
      <section aria-label="Verdict" className={classes.answer}>
        <p className={classes.sentence}>
          {shortName(candidate.model)} against {shortName(baseline.model)}, not paired:{' '}
          <SpeedVerdictMark verdict={verdict} />, {withInterval(speedup, format)}.
        </p>
        <CompareInTurn baseline={baseline.cellId} candidate={candidate.cellId} />
      </section>
      <Readings>
        <ReadingView label="Speed-up, not paired" reading={speedup} />
        <ReadingView label="Candidate, median latency" reading={candidate.latency} />
        <ReadingView label="Baseline, median latency" reading={baseline.latency} />
      </Readings>
      {remarks.length > 0 && (
        <div className={classes.remarks}>
          <Panel title="What makes them less comparable">
            <ul>
              {remarks.map((remark) => (
                <li key={remark}>{remark}</li>
              ))}
            </ul>
          </Panel>
        </div>
      )}
    </>
  );
}

/** The same question, measured so that neither side profits from a quiet hour. */
function CompareInTurn({ baseline, candidate }: { baseline: CellId; candidate: CellId }) {
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const open = async (): Promise<void> => {
    const [one, other] = await Promise.all([
      client.results.get({ cellId: baseline }),
      client.results.get({ cellId: candidate }),
    ]);
    const withCandidate = { ...emptyDraft, ...takeOver(other.cell.config, '0', emptyDraft) };
    // What both share is taken from the baseline.
    changeDraft({ ...withCandidate, ...takeOver(one.cell.config, 'baseline', withCandidate) });
    await navigate({ to: '/measure/compare/new' });
  };
  return (
    <div>
      <Button onClick={() => void open().catch(setFailure)} variant="default">
        Compare them in turn
      </Button>
      {failure !== null && <FailureNote error={failure} />}
    </div>
  );
}
