import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { profileIdSchema, type ProfileId } from '../../../shared/domain/ids.ts';
import type { ProfileRecord } from '../../../shared/domain/profile.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { TypedCommand } from '../../components/typed-command.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { DeleteProfile } from './delete-profile.tsx';
import { describeOverhead, describeProfile } from './describe-profile.ts';
import { FindingsPanel } from './findings-panel.tsx';
import { OperatorsPanel } from './operators-panel.tsx';
import { PartsPanel } from './parts-panel.tsx';
import { PlacementPanel } from './placement-panel.tsx';
import { RooflinePanel } from './roofline-panel.tsx';

/** One stored profile. */
export function ProfileScreen() {
  const { profileId } = useParams({ from: '/measure/profile/$profileId' });
  const id = profileIdSchema.safeParse(profileId);
  return id.success ? <Stored profileId={id.data} /> : <Missing profileId={profileId} />;
}

function Stored({ profileId }: { profileId: ProfileId }) {
  const { data, error, isPending, refetch } = useQuery(api.profiles.get.queryOptions({ input: { profileId } }));
  if (isPending) {
    return (
      <Page title="Profile">
        <Loading what="Reading the profile." />
      </Page>
    );
  }
  if (error !== null) {
    if (toShownFailure(error).code === 'NOT_FOUND') return <Missing profileId={profileId} />;
    return (
      <Page title="Profile">
        <FailureNote error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return <Profile key={profileId} record={data} />;
}

function Profile({ record }: { record: ProfileRecord }) {
  const format = useFormat();
  const { id, plan, label, passes, createdAt, cellId, provenance } = record;
  const overhead = describeOverhead(passes.overhead.value, (share) => format.quantity(share, 'ratio'));
  return (
    <Page
      actions={
        <>
          <DeleteProfile profileId={id} />
          {cellId !== null && (
            <ButtonLink params={{ cellId }} to="/measure/results/$cellId" variant="default">
              The result it belongs to
            </ButtonLink>
          )}
          <ButtonLink
            search={cellId === null ? { model: plan.model, provider: plan.provider } : { result: cellId }}
            to="/measure/profile"
          >
            Profile again
          </ButtonLink>
        </>
      }
      lead={
        <>
          Ran on {label}. Profiled {format.time(createdAt)}; {overhead}.
        </>
      }
      title={`Profile: ${describeProfile(plan)}`}
    >
      <FindingsPanel findings={record.findings} />
      <PartsPanel record={record} />
      <OperatorsPanel record={record} />
      <PlacementPanel record={record} />
      <RooflinePanel record={record} />
      <Panel title="Repeat it">
        <TypedCommand command={provenance.command} label="The command that repeats this profile" />
      </Panel>
    </Page>
  );
}

function Missing({ profileId }: { profileId: string }) {
  return (
    <Page title="No such profile">
      <Empty
        action={
          <ButtonLink to="/measure/profile" variant="default">
            Show all profiles
          </ButtonLink>
        }
      >
        There is no profile <code>{profileId}</code>: it was deleted, or the address is mistyped.
      </Empty>
    </Page>
  );
}
