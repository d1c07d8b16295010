import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '@mantine/core';
import { cellIdSchema } from '../../../shared/domain/ids.ts';
import type { ListedProfile } from '../../../shared/domain/profile.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { describeProfile } from './describe-profile.ts';
import { emptyDraft } from './draft.ts';
import { ProfileForm } from './profile-form.tsx';
import classes from './profile.module.css';
import { profileColumns } from './profile-columns.tsx';
import { ProfilingNote } from './profiling-note.tsx';

const path = '/measure/profile';
const mostProfiles = 500;

/** Begins a profile, and lists those that are stored. */
export function ProfilesScreen() {
  const { model, provider, result } = useSearch({ from: path });
  const cellId = cellIdSchema.safeParse(result).data ?? null;
  const start = {
    ...emptyDraft,
    subject: cellId === null ? ('model' as const) : ('result' as const),
    model: model ?? null,
    provider: provider ?? ('cpu' as const),
    result: cellId,
  };
  return (
    <Page
      lead="Which operators take the time, where they ran, and how near the model comes to what this machine can do. A profile is never a latency: profiling slows a model down."
      title="Profile"
    >
      <ProfileForm key={`${model ?? ''} ${provider ?? ''} ${result ?? ''}`} start={start} />
      <ProfilingNote />
      <StoredProfiles />
    </Page>
  );
}

function StoredProfiles() {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set());
  const { data, error, refetch } = useQuery(api.profiles.list.queryOptions({ input: { limit: mostProfiles } }));
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the stored profiles." />;
  const { items } = data;
  if (items.length === 0) {
    return (
      <Panel title="Stored profiles">
        <Empty>No model was profiled yet. Choose one above; digits-cnn takes a few seconds.</Empty>
      </Panel>
    );
  }
  // The older one is what the newer one is held against.
  const pair = items.filter(({ id }) => chosen.has(id)).toReversed();
  const [baseline, candidate] = pair;
  return (
    <Panel
      actions={
        <span className={classes.start}>
          <span className={classes.muted}>{hint(pair)}</span>
          {pair.length === 2 && baseline !== undefined && candidate !== undefined ? (
            <ButtonLink
              search={{ baseline: baseline.id, candidate: candidate.id }}
              size="compact-sm"
              to="/measure/profile/compare"
              variant="default"
            >
              Side by side
            </ButtonLink>
          ) : (
            <Button disabled size="compact-sm" variant="default">
              Side by side
            </Button>
          )}
        </span>
      }
      title="Stored profiles"
    >
      <DataTable
        columns={profileColumns}
        label="Stored profiles"
        leastWidthPx={960}
        maxHeight="60vh"
        onOpen={({ id }) => void navigate({ to: '/measure/profile/$profileId', params: { profileId: id } })}
        rows={items}
        selection={{
          keys: chosen,
          onChange: setChosen,
          describe: ({ plan, createdAt }) => `${describeProfile(plan)}, ${createdAt}`,
        }}
        toKey={({ id }) => id}
      />
    </Panel>
  );
}

function hint(pair: readonly ListedProfile[]): string {
  if (pair.length === 0) return 'Choose two to see them side by side.';
  if (pair.length === 1) return 'Choose one more.';
  return pair.length === 2 ? '' : 'Two at a time.';
}
