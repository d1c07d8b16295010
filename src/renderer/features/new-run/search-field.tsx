import { Radio, Select, TextInput } from '@mantine/core';
import { objectiveSchema, type Objective } from '../../../shared/domain/plan.ts';
import type { FieldsProps } from './draft.ts';
import { changeDraft } from './draft-store.ts';
import classes from './new-run.module.css';
import { levelPercentiles, objectiveOf, objectivesOf } from './scenario-draft.ts';

const objectiveWords: Readonly<Record<Objective, string>> = {
  throughput: 'most throughput',
  latency: 'least latency',
  cost: 'least cost of a prediction',
  energy: 'least energy of a prediction',
};

/** Whether all combinations are measured, or a search tries some to find the best. */
export function SearchField({ draft, problems }: FieldsProps) {
  return (
    <Radio.Group
      label="Combinations"
      onChange={(value) => changeDraft({ search: value === 'best' ? 'best' : 'all' })}
      value={draft.search}
    >
      <div className={classes.choices}>
        <Radio description="Each gets a result of its own." label="Measure all" value="all" />
        <div>
          <Radio
            description="Short trials choose; the best and the defaults of ONNX Runtime are measured in full."
            label="Search the best"
            value="best"
          />
          {draft.search === 'best' && (
            <div className={`${classes.own ?? ''} ${classes.counts ?? ''}`}>
              <Select
                allowDeselect={false}
                data={objectivesOf(draft.scenario).map((value) => ({ value, label: objectiveWords[value] }))}
                description="What the best has."
                label="Objective"
                onChange={(value) => changeDraft({ objective: objectiveSchema.parse(value) })}
                value={objectiveOf(draft)}
              />
              <TextInput
                description="In ms; empty: none."
                error={problems.searchLimitMs}
                inputMode="decimal"
                label="Latency limit"
                onChange={({ currentTarget }) => changeDraft({ searchLimitMs: currentTarget.value })}
                placeholder="none"
                value={draft.searchLimitMs}
              />
              <Select
                allowDeselect={false}
                data={levelPercentiles.map((value) => ({ value, label: `p${value}` }))}
                description="That stays within it."
                disabled={draft.searchLimitMs.trim() === ''}
                label="Percentile"
                onChange={(value) => changeDraft(value === null ? {} : { searchPercentile: value })}
                value={draft.searchPercentile}
              />
            </div>
          )}
        </div>
      </div>
    </Radio.Group>
  );
}
