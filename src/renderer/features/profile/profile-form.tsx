import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { cellIdSchema } from '../../../shared/domain/ids.ts';
import { providerIdSchema, type ProviderId } from '../../../shared/domain/provider.ts';
import { describeConfig, shortName } from '../../components/describe-config.ts';
import { providerNames } from '../../components/provider-names.ts';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { useProviders } from '../../components/use-providers.ts';
import { api } from '../../transport/connection.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { describeProfile } from './describe-profile.ts';
import { readDraft, type DraftProblems, type ProfileDraft } from './draft.ts';
import classes from './profile.module.css';
import { startProfile, useProfiling, type ProfileRequest } from './use-profiling.ts';

/** Results offered; an older one is profiled from its own page. */
const mostResults = 200;

interface FieldsProps {
  draft: ProfileDraft;
  problems: DraftProblems;
  onChange: (change: Partial<ProfileDraft>) => void;
}

/** Chooses what is profiled, and begins it. */
export function ProfileForm({ start }: { start: ProfileDraft }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(start);
  const [wasTried, setWasTried] = useState(false);
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const running = useProfiling(({ phase }) => phase === 'running');
  const { plan, problems } = readDraft(draft);
  const request = toRequest(draft, plan);
  const change = (changes: Partial<ProfileDraft>): void => setDraft({ ...draft, ...changes });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setWasTried(true);
    if (request === null || measuring || running) return;
    const what = plan !== null && draft.subject === 'model' ? describeProfile(plan) : 'the result';
    void startProfile(request, what).then((record) => {
      if (record === null) return;
      // Whoever has gone elsewhere meanwhile stays there.
      if (!globalThis.location.pathname.endsWith('/measure/profile')) return;
      void navigate({ to: '/measure/profile/$profileId', params: { profileId: record.id } });
    });
  };
  const fields: FieldsProps = { draft, problems: wasTried ? problems : withoutMissing(problems), onChange: change };
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      <SegmentedControl
        aria-label="What is profiled"

        data={[
          { value: 'model', label: 'A model' },
          { value: 'result', label: 'A result, as it was measured' },
        ]}
        onChange={(subject) => change({ subject: subject === 'result' ? 'result' : 'model' })}
        value={draft.subject}
      />
      {draft.subject === 'model' ? <ModelFields {...fields} /> : <ResultField {...fields} wasTried={wasTried} />}
      <div className={classes.start}>
        <Button disabled={measuring || running} type="submit">
          Profile
        </Button>
        <span className={classes.muted}>
          {measuring
            ? 'A measurement runs, which profiling would disturb. It is possible when that has ended.'
            : 'Takes some seconds; the peaks of this machine are measured with it where none are stored.'}
        </span>
      </div>
    </form>
  );
}

function toRequest(draft: ProfileDraft, plan: ReturnType<typeof readDraft>['plan']): ProfileRequest | null {
  if (draft.subject === 'result') return draft.result === null ? null : { cellId: draft.result };
  return plan === null ? null : { plan };
}

/** Nobody is reproached with a field that was not reached yet. */
function withoutMissing({ model: _, ...problems }: DraftProblems): DraftProblems {
  return problems;
}

function ModelFields({ draft, problems, onChange }: FieldsProps) {
  const listed = useQuery(api.models.list.queryOptions());
  const { reports } = useProviders();
  const isOut = (id: ProviderId): boolean => reports.find((one) => one.id === id)?.status.status === 'unavailable';
  const models = listed.data ?? [];
  const { model: chosen } = draft;
  const isListed = chosen === null || models.some(({ name }) => name === chosen);
  const options = models.map(({ name, present }) => ({ value: name, label: name, disabled: !present }));
  return (
    <>
      <div className={classes.fields}>
        <Select
          data={isListed ? options : [{ value: chosen, label: shortName(chosen) }, ...options]}
          error={problems.model}
          label="Model"
          maxDropdownHeight={320}
          nothingFoundMessage={listed.data === undefined ? 'Being read.' : 'No model has this name.'}
          onChange={(model) => onChange({ model })}
          placeholder="Choose a model"
          searchable
          value={draft.model}
        />
        <Select
          allowDeselect={false}
          data={providerIdSchema.options.map((id) => ({
            value: id,
            label: isOut(id) ? `${providerNames[id]}: not here` : providerNames[id],
            disabled: isOut(id) && id !== draft.provider,
          }))}
          label="Provider"
          onChange={(id) => onChange({ provider: providerIdSchema.parse(id) })}
          value={draft.provider}
        />
        <TextInput
          error={problems.batch}
          inputMode="numeric"
          label="Batch"
          onChange={({ currentTarget }) => onChange({ batch: currentTarget.value })}
          value={draft.batch}
        />
        <TextInput
          error={problems.threads}
          inputMode="numeric"
          label="Threads"
          onChange={({ currentTarget }) => onChange({ threads: currentTarget.value })}
          title="0 stands for one per physical core"
          value={draft.threads}
        />
        <TextInput
          error={problems.dims}
          label="Sizes of free dimensions"
          onChange={({ currentTarget }) => onChange({ dims: currentTarget.value })}
          placeholder="sequence=128"
          value={draft.dims}
        />
      </div>
      {listed.isError && <FailureNote error={listed.error} onRetry={() => void listed.refetch()} />}
    </>
  );
}

function ResultField({ draft, onChange, wasTried }: FieldsProps & { wasTried: boolean }) {
  const format = useFormat();
  const { data, error, refetch } = useQuery(
    api.results.list.queryOptions({ input: { state: 'completed', limit: mostResults } }),
  );
  const offered = (data?.items ?? []).map((cell) => ({
    value: cell.id,
    label: `${describeConfig(cell)}${cell.startedAt === null ? '' : ` · ${format.time(cell.startedAt)}`}`,
  }));
  const { result } = draft;
  const isOffered = result === null || offered.some(({ value }) => value === result);
  return (
    <>
      <Select
        className={classes.result ?? ''}
        data={isOffered ? offered : [{ value: result, label: result }, ...offered]}
        error={wasTried && result === null ? 'Choose a result.' : undefined}
        label="Result"
        maxDropdownHeight={320}
        nothingFoundMessage={data === undefined ? 'Being read.' : 'There is none.'}
        onChange={(id) => onChange({ result: cellIdSchema.safeParse(id).data ?? null })}
        placeholder={data?.items.length === 0 ? 'Nothing has been measured yet' : 'Choose a result'}
        searchable
        value={result}
      />
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
    </>
  );
}
