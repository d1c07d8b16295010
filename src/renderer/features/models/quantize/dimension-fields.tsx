import { TextInput } from '@mantine/core';
import { explainDimension, type QuantizeDraft } from './draft.ts';

interface DimensionFieldsProps {
  /** Sizes that the model leaves open. */
  symbols: readonly string[];
  dims: QuantizeDraft['dims'];
  onChange: (dims: QuantizeDraft['dims']) => void;
}

/** Sizes of generated inputs, and those that data must agree with. */
export function DimensionFields({ symbols, dims, onChange }: DimensionFieldsProps) {
  return symbols.map((symbol) => (
    <TextInput
      description="Of the inputs that the variant is calibrated, judged and checked with."
      error={explainDimension(dims[symbol])}
      inputMode="numeric"
      key={symbol}
      label={`Size of ${symbol}`}
      onChange={({ currentTarget }) => onChange({ ...dims, [symbol]: currentTarget.value })}
      placeholder="as the data or the model has it"
      value={dims[symbol] ?? ''}
    />
  ));
}
