import { Checkbox, TextInput } from '@mantine/core';
import type { RecipeAdvice } from '../../../../shared/domain/recipe-advice.ts';
import { explainMaxDrop } from './draft.ts';

interface QualityBoundFieldProps {
  maxDrop: string;
  evaluation: string;
  ranks: boolean;
  /** Data of the model itself, which is there where no other is given. */
  own: RecipeAdvice['calibration'];
  onChange: (change: { maxDrop: string } | { evaluation: string } | { ranks: boolean }) => void;
}

/** The largest loss that is accepted, whether nodes are ranked, and the data that tells it. */
export function QualityBoundField({ maxDrop, evaluation, ranks, own, onChange }: QualityBoundFieldProps) {
  return (
    <>
      <TextInput
        description="Fall of accuracy with labels, share of other answers without. Nodes are left in float32 until it is met, which makes many variants."
        error={explainMaxDrop(maxDrop)}
        inputMode="decimal"
        label="Largest loss, %"
        onChange={({ currentTarget }) => onChange({ maxDrop: currentTarget.value })}
        placeholder="not bounded"
        value={maxDrop}
      />
      <Checkbox
        checked={ranks}
        description="A variant for each node, also without a bound. On generated inputs the ranking is void."
        label="Rank the nodes by what each costs alone"
        onChange={({ currentTarget }) => onChange({ ranks: currentTarget.checked })}
      />
      {(maxDrop.trim() !== '' || ranks) && (
        <TextInput
          description={
            own === 'training-samples'
              ? 'Without data, samples that the model was not trained with are used.'
              : 'Without data, a part of the calibration data is kept apart; generated inputs can rank, but not judge.'
          }
          label="Evaluation data"
          onChange={({ currentTarget }) => onChange({ evaluation: currentTarget.value })}
          placeholder="/home/me/data/validation.npz"
          spellCheck={false}
          value={evaluation}
        />
      )}
    </>
  );
}
