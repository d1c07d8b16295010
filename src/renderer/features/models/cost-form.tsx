import { Button, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { explainWholeNumber, parseWholeNumber } from '../../components/whole-number.ts';
import classes from './model.module.css';

export interface CostSizes {
  batch: number;
  /** By the names of open dimensions; those that are not given are left to the model. */
  dims: Record<string, number>;
}

interface CostFormProps {
  sizes: CostSizes;
  /** Open dimensions that a size can be given for. */
  symbols: readonly string[];
  /** Those without which the model cannot be run. */
  needed: readonly string[];
  /** Sizes of the latest answer. */
  resolved: Readonly<Record<string, number>>;
  isCounting: boolean;
  onCount: (sizes: CostSizes) => void;
}

/** Batch and open dimensions; counted when asked for, because every count runs the model once. */
export function CostForm({ sizes, symbols, needed, resolved, isCounting, onCount }: CostFormProps) {
  const [batch, setBatch] = useState(String(sizes.batch));
  const [dims, setDims] = useState<Readonly<Record<string, string>>>({});
  const batchSize = parseWholeNumber(batch, 1);
  const explainDimension = (symbol: string): string | null => {
    const text = dims[symbol] ?? '';
    return text === '' ? null : explainWholeNumber(text, 0);
  };
  const isValid = batchSize !== null && symbols.every((symbol) => explainDimension(symbol) === null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isValid) return;
    const given = symbols.flatMap((symbol) => {
      const size = parseWholeNumber(dims[symbol] ?? '', 0);
      return size === null ? [] : [[symbol, size] as const];
    });
    onCount({ batch: batchSize, dims: Object.fromEntries(given) });
  };
  return (
    <form className={classes.sizes} onSubmit={submit}>
      <TextInput
        error={explainWholeNumber(batch, 1)}
        inputMode="numeric"
        label="Batch"
        onChange={({ currentTarget }) => setBatch(currentTarget.value)}
        value={batch}
        w={120}
      />
      {symbols.map((symbol) => (
        <TextInput
          error={explainDimension(symbol)}
          inputMode="numeric"
          key={symbol}
          label={symbol}
          onChange={({ currentTarget }) => setDims({ ...dims, [symbol]: currentTarget.value })}
          placeholder={resolved[symbol] === undefined ? 'a size' : String(resolved[symbol])}
          required={needed.includes(symbol)}
          value={dims[symbol] ?? ''}
          w={140}
        />
      ))}
      <Button disabled={!isValid} loading={isCounting} type="submit" variant="default">
        Count
      </Button>
    </form>
  );
}
