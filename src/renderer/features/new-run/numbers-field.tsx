import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { explainWholeNumber } from '../../components/whole-number.ts';

interface NumbersFieldProps {
  label: string;
  description: string;
  values: readonly string[];
  suggestions: readonly string[];
  least: number;
  problem: string | undefined;
  onChange: (values: string[]) => void;
}

/** Several whole numbers, each a tag; what is none stays visible until it is put right. */
export function NumbersField({ label, description, values, suggestions, least, problem, onChange }: NumbersFieldProps) {
  const [typed, setTyped] = useState('');
  const typedProblem = typed.trim() === '' ? null : explainWholeNumber(typed, least);
  return (
    <TagsInput
      data={[...suggestions]}
      description={description}
      error={typedProblem ?? problem}
      inputMode="numeric"
      label={label}
      onChange={onChange}
      onSearchChange={setTyped}
      searchValue={typed}
      splitChars={[',', ';', ' ']}
      value={[...values]}
    />
  );
}
