import { Radio, Select, TextInput } from '@mantine/core';
import { explainDecimal } from '../../components/decimal-number.ts';
import type { FieldsProps } from './draft.ts';
import { changeDraft } from './draft-store.ts';
import classes from './new-run.module.css';
import { NumbersField } from './numbers-field.tsx';
import { isBatching, levelPercentiles, rateBounds } from './scenario-draft.ts';

/** What a server has to bear, and how it puts queries together. */
export function LoadFields({ draft, problems }: FieldsProps) {
  return (
    <div className={classes.own}>
      <Radio.Group
        label="Load"
        onChange={(value) => changeDraft({ load: value === 'rates' ? 'rates' : 'highest' })}
        value={draft.load}
      >
        <div className={classes.choices}>
          <Radio
            description="Raises and lowers the rate until the service level just holds, then confirms it in a fresh run."
            label="Find the highest rate"
            value="highest"
          />
          <Radio description="Measures what each rate does to the latency." label="Rates that I give" value="rates" />
        </div>
      </Radio.Group>
      {draft.load === 'rates' && (
        <NumbersField
          description="Queries that arrive per second, at random moments; each rate is one configuration."
          explain={(text) => explainDecimal(text, rateBounds)}
          label="Rates"
          onChange={(ratesPerS) => changeDraft({ ratesPerS })}
          problem={problems.ratesPerS}
          suggestions={['10', '50', '100', '500', '1000', '2000']}
          values={draft.ratesPerS}
        />
      )}
      <div className={classes.pair}>
        <TextInput
          description={
            draft.load === 'highest' ? 'From arrival to answer, in ms.' : 'From arrival to answer, in ms; empty: none.'
          }
          error={problems.limitMs}
          inputMode="decimal"
          label="Latency limit"
          onChange={({ currentTarget }) => changeDraft({ limitMs: currentTarget.value })}
          value={draft.limitMs}
        />
        <Select
          allowDeselect={false}
          data={levelPercentiles.map((value) => ({ value, label: `p${value}` }))}
          description="The share that stays within it."
          error={problems.percentile}
          label="Percentile"
          onChange={(percentile) => changeDraft(percentile === null ? {} : { percentile })}
          value={draft.percentile}
        />
      </div>
      <div className={classes.pair}>
        <TextInput
          description="Most queries in one call; 1 = each for itself."
          error={problems.maxBatch}
          inputMode="numeric"
          label="Largest batch"
          onChange={({ currentTarget }) => changeDraft({ maxBatch: currentTarget.value })}
          value={draft.maxBatch}
        />
        {isBatching(draft) && (
          <TextInput
            description="For which a free model waits, in ms."
            error={problems.maxDelayMs}
            inputMode="decimal"
            label="Longest delay"
            onChange={({ currentTarget }) => changeDraft({ maxDelayMs: currentTarget.value })}
            value={draft.maxDelayMs}
          />
        )}
      </div>
    </div>
  );
}
