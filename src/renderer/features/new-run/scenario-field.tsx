import { Radio, TextInput } from '@mantine/core';
import { scenarioIdSchema } from '../../../shared/domain/plan.ts';
import { explainDecimal } from '../../components/decimal-number.ts';
import { explainWholeNumber } from '../../components/whole-number.ts';
import type { Draft, FieldsProps } from './draft.ts';
import { changeDraft } from './draft-store.ts';
import { LoadFields } from './load-fields.tsx';
import classes from './new-run.module.css';
import { NumbersField } from './numbers-field.tsx';
import { pauseBounds } from './scenario-draft.ts';
import { hasField, scenarioWords } from './scenarios.ts';

/** How queries arrive; what only one scenario asks for stands below it while it is chosen. */
export function ScenarioField(props: FieldsProps) {
  const { scenario } = props.draft;
  return (
    <Radio.Group
      label="Scenario"
      onChange={(value) => changeDraft({ scenario: scenarioIdSchema.parse(value) })}
      value={scenario}
    >
      <div className={classes.choices}>
        {(Object.keys(scenarioWords) as Draft['scenario'][]).map((id) => (
          <div key={id}>
            <Radio description={scenarioWords[id].meaning} label={scenarioWords[id].label} value={id} />
            {id === scenario && <OwnFields {...props} />}
          </div>
        ))}
      </div>
    </Radio.Group>
  );
}

function OwnFields({ draft, problems }: FieldsProps) {
  const { scenario } = draft;
  if (hasField(scenario, 'load')) return <LoadFields draft={draft} problems={problems} />;
  if (hasField(scenario, 'pauses')) {
    return (
      <div className={classes.own}>
        <NumbersField
          description="From an answer to the next query, in ms; each is one configuration."
          explain={(text) => explainDecimal(text, pauseBounds)}
          label="Pauses"
          onChange={(pausesMs) => changeDraft({ pausesMs })}
          problem={problems.pausesMs}
          suggestions={['0', '1', '10', '50', '100', '200', '500', '1000']}
          values={draft.pausesMs}
        />
      </div>
    );
  }
  if (hasField(scenario, 'texts')) {
    return (
      <div className={`${classes.own ?? ''} ${classes.pair ?? ''}`}>
        <NumbersField
          description="Tokens in a prompt; each length is one configuration."
          explain={(text) => explainWholeNumber(text, 1)}
          label="Prompt lengths"
          onChange={(promptTokens) => changeDraft({ promptTokens })}
          problem={problems.promptTokens}
          suggestions={['8', '32', '128', '512']}
          values={draft.promptTokens}
        />
        <TextInput
          description="Tokens that are generated after each prompt."
          error={problems.newTokens}
          inputMode="numeric"
          label="New tokens"
          onChange={({ currentTarget }) => changeDraft({ newTokens: currentTarget.value })}
          value={draft.newTokens}
        />
      </div>
    );
  }
  return null;
}
