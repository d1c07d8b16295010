import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { profileIdSchema, type ProfileId } from '../../../shared/domain/ids.ts';
import type { ListedProfile, ProfileComparison } from '../../../shared/domain/profile.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { shortName } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { DifferenceTable } from './difference-table.tsx';
import { describeProfile } from './describe-profile.ts';
import classes from './profile.module.css';

const path = '/measure/profile/compare';

/** Two stored profiles side by side: what of the difference in time is in which node. */
export function CompareProfilesScreen() {
  const search = useSearch({ from: path });
  const baseline = profileIdSchema.safeParse(search.baseline).data;
  const candidate = profileIdSchema.safeParse(search.candidate).data;
  if (baseline === undefined || candidate === undefined) {
    return (
      <Page title="Two profiles side by side">
        <Empty action={<ShowAll />}>Choose two stored profiles, such as those of a model and of its variant.</Empty>
      </Page>
    );
  }
  return <Compared baseline={baseline} candidate={candidate} />;
}

function ShowAll() {
  return (
    <ButtonLink to="/measure/profile" variant="default">
      Show all profiles
    </ButtonLink>
  );
}

function Compared({ baseline, candidate }: { baseline: ProfileId; candidate: ProfileId }) {
  const { data, error, isPending, refetch } = useQuery(
    api.profiles.compare.queryOptions({ input: { baseline, candidate } }),
  );
  return (
    <Page
      actions={
        <>
          <ButtonLink
            search={{ baseline: candidate, candidate: baseline }}
            to="/measure/profile/compare"
            variant="default"
          >
            The other way round
          </ButtonLink>
          <ShowAll />
        </>
      }
      lead={data !== undefined && <Answer comparison={data} />}
      title="Two profiles side by side"
    >
      {isPending && <Loading what="Reading both profiles." />}
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Sides comparison={data} />}
    </Page>
  );
}

/** Where most of the difference is. No verdict: only a comparison in pairs gives one. */
function Answer({ comparison: { rows, baseline, candidate } }: { comparison: ProfileComparison }) {
  const format = useFormat();
  const [largest] = rows;
  const difference = candidate.hostToHostNs - baseline.hostToHostNs;
  if (largest === undefined) return <>Neither profile has a node.</>;
  const whole = `The candidate takes ${format.quantity(Math.abs(difference), 'ns')} ${difference > 0 ? 'more' : 'less'} for a query.`;
  const part = `Most of the difference is in ${largest.key}: ${format.quantity(Math.abs(largest.differenceNs), 'ns')} ${largest.differenceNs > 0 ? 'more' : 'less'}.`;
  return (
    <>
      {whole} {part} Only a comparison in pairs says whether it is faster.
    </>
  );
}

function Sides({ comparison }: { comparison: ProfileComparison }) {
  const { baseline, candidate, remarks, matchedBy } = comparison;
  return (
    <>
      <div className={classes.sides}>
        <Side name="Baseline" profile={baseline} />
        <Side name="Candidate" profile={candidate} />
      </div>
      {remarks.length > 0 && (
        <ul aria-label="What makes them less comparable" className={classes.findings}>
          {remarks.map((remark) => (
            <li data-severity="remark" key={remark}>
              <span className={classes.severity}>
                <span aria-hidden="true">△</span> Remark
              </span>
              <span>{remark}</span>
            </li>
          ))}
        </ul>
      )}
      <Panel
        actions={
          <span className={classes.muted}>
            {matchedBy === 'node' ? 'Matched by the nodes of the model' : 'Matched by kind of operator'}; times are
            shares of the time without the profiler <KindMark kind="computed" />
          </span>
        }
        title="Where the difference is"
      >
        <DifferenceTable comparison={comparison} />
      </Panel>
    </>
  );
}

function Side({ name, profile }: { name: string; profile: ListedProfile }) {
  const format = useFormat();
  return (
    <section aria-label={name} className={classes.side}>
      <h2>{name}</h2>
      <p>
        <Link params={{ profileId: profile.id }} to="/measure/profile/$profileId">
          {describeProfile(profile.plan)}
        </Link>
      </p>
      <p className={classes.sideValue}>{format.quantity(profile.hostToHostNs, 'ns')}</p>
      <p className={classes.muted}>
        host to host, without the profiler <KindMark kind="measured" />
      </p>
      <p className={classes.muted}>
        Ran on {profile.label} · profiled {format.time(profile.createdAt)} · {shortName(profile.plan.model)}
      </p>
    </section>
  );
}
