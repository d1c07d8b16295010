import { Checkbox, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { grades } from '../../../shared/domain/grades.ts';
import { gradeIdSchema, type GradeId } from '../../../shared/domain/plan.ts';
import { useFormat, type Format } from '../../components/use-format.ts';
import { explainWholeNumber } from '../../components/whole-number.ts';
import { AddDimension, DimensionsField } from './dimensions-field.tsx';
import type { Draft, DraftProblems } from './draft.ts';
import { changeDraft } from './draft-store.ts';
import { ModelsField } from './models-field.tsx';
import classes from './new-run.module.css';
import { NumbersField } from './numbers-field.tsx';
import { ProvidersField } from './providers-field.tsx';
import { ScenarioField } from './scenario-field.tsx';
import { hasField, scenarioWords } from './scenarios.ts';
import { SearchField } from './search-field.tsx';

interface PlanFormProps {
  draft: Draft;
  problems: DraftProblems;
  /** Sizes that models need, with those models. */
  needed: ReadonlyMap<string, readonly string[]>;
  defaultGrade: GradeId;
}

/** The fields of a plan in the order in which it expands. */
export function PlanForm({ draft, problems, needed, defaultGrade }: PlanFormProps) {
  const format = useFormat();
  // What is not as it comes is not hidden.
  const [isMoreOpen, setIsMoreOpen] = useState(() => hasMore(draft));
  const grade = draft.grade ?? defaultGrade;
  return (
    <form aria-label="Plan" className={classes.form} onSubmit={(event) => event.preventDefault()}>
      <ModelsField models={draft.models} />
      <DimensionsField dims={draft.dims} needed={needed} problems={problems.dims} />
      <ProvidersField chosen={draft.providers} problem={problems.providers} />
      <ScenarioField draft={draft} problems={problems} />
      <Counts draft={draft} problems={problems} />
      {hasField(draft.scenario, 'search') && spansSeveral(draft) && <SearchField draft={draft} problems={problems} />}
      <Radio.Group label="Grade" onChange={(value) => changeDraft({ grade: gradeIdSchema.parse(value) })} value={grade}>
        <Stack gap={8} mt={6}>
          {gradeIdSchema.options.map((id) => (
            <Radio
              description={describeGrade(id, format)}
              key={id}
              label={`${id.charAt(0).toUpperCase()}${id.slice(1)}${id === defaultGrade ? ' (default of the settings)' : ''}`}
              value={id}
            />
          ))}
        </Stack>
      </Radio.Group>
      <details
        className={classes.more}
        onToggle={({ currentTarget }) => setIsMoreOpen(currentTarget.open)}
        open={isMoreOpen}
      >
        <summary>More</summary>
        <More draft={draft} grade={grade} problems={problems} />
      </details>
    </form>
  );
}

/** Whether there is anything to search among; a search that was chosen is never hidden. */
function spansSeveral({ search, models, providers, batches, threads, instances }: Draft): boolean {
  return search === 'best' || [models, providers, batches, threads, instances].some(({ length }) => length > 1);
}

/** What every scenario repeats its measurement over. */
function Counts({ draft, problems }: Pick<PlanFormProps, 'draft' | 'problems'>) {
  const { scenario } = draft;
  const { batch = 'Samples in one query.' } = scenarioWords[scenario];
  return (
    <div className={classes.counts}>
      {hasField(scenario, 'batches') && (
        <NumbersField
          description={batch}
          explain={(text) => explainWholeNumber(text, 1)}
          label="Batches"
          onChange={(batches) => changeDraft({ batches })}
          problem={problems.batches}
          suggestions={['1', '2', '4', '8', '16', '32']}
          values={draft.batches}
        />
      )}
      <NumbersField
        description="0 stands for one per physical core."
        explain={(text) => explainWholeNumber(text, 0)}
        label="Threads"
        onChange={(threads) => changeDraft({ threads })}
        problem={problems.threads}
        suggestions={['0', '1', '2', '4', '8']}
        values={draft.threads}
      />
      {hasField(scenario, 'instances') && (
        <NumbersField
          description="Processes at once, each on cores of its own."
          explain={(text) => explainWholeNumber(text, 1)}
          label="Instances"
          onChange={(instances) => changeDraft({ instances })}
          problem={problems.instances}
          suggestions={['1', '2', '4', '8']}
          values={draft.instances}
        />
      )}
    </div>
  );
}

function More({ draft, problems, grade }: { draft: Draft; problems: DraftProblems; grade: GradeId }) {
  const { processes } = grades[grade];
  return (
    <Stack gap={16} mt={12}>
      <TextInput
        description="Each configuration is measured in so many processes of its own; their spread shows what one process hides."
        error={problems.repeats}
        inputMode="numeric"
        label="Fresh processes"
        onChange={({ currentTarget }) => changeDraft({ repeats: currentTarget.value })}
        placeholder={`${processes}, by the grade`}
        value={draft.repeats}
      />
      <TextInput
        description="Folder with test_data_set_* folders, on the machine that runs Inferometer. Without one, inputs are generated."
        label="Inputs folder"
        onChange={({ currentTarget }) => changeDraft({ inputs: currentTarget.value })}
        placeholder="/home/me/models/detector"
        spellCheck={false}
        value={draft.inputs}
      />
      <TextInput
        description="Generated inputs are the same for the same seed."
        error={problems.seed}
        inputMode="numeric"
        label="Seed"
        onChange={({ currentTarget }) => changeDraft({ seed: currentTarget.value })}
        value={draft.seed}
      />
      <Checkbox
        checked={draft.exclusive}
        description="Refuses to begin beside other programs that use the processor or the GPU, rather than saying so."
        label="Only on a quiet machine"
        onChange={({ currentTarget }) => changeDraft({ exclusive: currentTarget.checked })}
      />
      {draft.instances.join() !== '1' && hasField(draft.scenario, 'instances') && (
        <Checkbox
          checked={draft.oversubscribe}
          description="Configurations whose instances together have more threads than there are processors are left out otherwise."
          label="More threads than processors"
          onChange={({ currentTarget }) => changeDraft({ oversubscribe: currentTarget.checked })}
        />
      )}
      <AddDimension dims={draft.dims} />
    </Stack>
  );
}

function hasMore({ repeats, inputs, seed, exclusive, oversubscribe }: Draft): boolean {
  return repeats !== '' || inputs !== '' || seed !== '0' || exclusive || oversubscribe;
}

function describeGrade(id: GradeId, format: Format): string {
  const { minDurationS, minQueries, processes, percentiles } = grades[id];
  const shown = percentiles.map((percentile) => `p${percentile}`);
  const last = shown.pop() ?? '';
  return [
    `At least ${format.duration(minDurationS)} and ${format.count(minQueries)} queries per configuration`,
    `in ${processes} fresh ${processes === 1 ? 'process' : 'processes'}`,
    `${shown.join(', ')} and ${last}`,
  ].join('; ');
}
