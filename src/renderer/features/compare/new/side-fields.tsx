import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { providerIdSchema, type ProviderId } from '../../../../shared/domain/provider.ts';
import { FailureNote } from '../../../components/states.tsx';
import { useProviders } from '../../../components/use-providers.ts';
import { api } from '../../../transport/connection.ts';
import type { DraftProblems, SideDraft } from './draft.ts';
import { FromResult } from './from-result.tsx';
import { groupModels } from './group-models.ts';
import classes from './new.module.css';
import type { SideChecks } from './use-side-checks.ts';

const providerNames: Readonly<Record<ProviderId, string>> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  tensorrt: 'TensorRT',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
};

interface SideFieldsProps {
  legend: string;
  side: SideDraft;
  problems: DraftProblems;
  checks: SideChecks;
  onChange: (side: SideDraft) => void;
  onRemove?: (() => void) | undefined;
}

/** One side in one line: what is run, where, and with how many threads. */
export function SideFields({ legend, side, problems, checks, onChange, onRemove }: SideFieldsProps) {
  const listed = useQuery(api.models.list.queryOptions());
  const { reports } = useProviders();
  const { key, model, provider, threads } = side;
  const problem = checks.problems.get(key);
  const isOut = (id: ProviderId): boolean => reports.find((one) => one.id === id)?.status.status === 'unavailable';
  return (
    <fieldset className={classes.side}>
      <legend>{legend}</legend>
      <div className={classes.fields}>
        <Select
          data={groupModels(listed.data ?? [], model)}
          error={model === null ? undefined : problems.models[key]}
          label="Model"
          maxDropdownHeight={320}
          nothingFoundMessage="No model has this name."
          onChange={(name) => onChange({ ...side, model: name })}
          placeholder="Choose a model"
          searchable
          value={model}
        />
        <Select
          allowDeselect={false}
          data={providerIdSchema.options.map((id) => ({
            value: id,
            label: isOut(id) ? `${providerNames[id]}: not here` : providerNames[id],
            // One that was chosen before must be possible to see.
            disabled: isOut(id) && id !== provider,
          }))}
          label="Provider"
          onChange={(id) => onChange({ ...side, provider: providerIdSchema.parse(id) })}
          value={provider}
        />
        <TextInput
          error={problems.threads[key]}
          inputMode="numeric"
          label="Threads"
          onChange={({ currentTarget }) => onChange({ ...side, threads: currentTarget.value })}
          title="0 stands for one per physical core"
          value={threads}
        />
        <div className={classes.sideActions}>
          <FromResult sideKey={key} what={legend.toLowerCase()} />
          {onRemove !== undefined && (
            <Button aria-label={`Remove ${legend.toLowerCase()}`} onClick={onRemove} variant="default">
              Remove
            </Button>
          )}
        </div>
      </div>
      {listed.isError && <FailureNote error={listed.error} onRetry={() => void listed.refetch()} />}
      {problem !== undefined && problem.code !== 'DIMENSION_NEEDED' && (
        <p className={classes.problem} role="status">
          <strong>{problem.message}</strong> {problem.remedy} <code>{problem.code}</code>
        </p>
      )}
    </fieldset>
  );
}
