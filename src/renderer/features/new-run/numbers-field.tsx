import { TagsInput } from '@mantine/core';
import { useState } from 'react';

interface NumbersFieldProps {
  label: string;
  description: string;
  values: readonly string[];
  suggestions: readonly string[];
  /** What is wrong with a text that is being typed; null: nothing. */
  explain: (text: string) => string | null;
  problem: string | undefined;
  onChange: (values: string[]) => void;
}

/** Several numbers, each a tag; what is none stays visible until it is put right. */
export function NumbersField(props: NumbersFieldProps) {
  const { label, description, values, suggestions, explain, problem, onChange } = props;
  const [typed, setTyped] = useState('');
  const typedProblem = typed.trim() === '' ? null : explain(typed);
  return (
    <TagsInput
      data={[...suggestions]}
      description={description}
      error={typedProblem ?? problem}
      inputMode="decimal"
      label={label}
      onChange={onChange}
      onSearchChange={setTyped}
      searchValue={typed}
      splitChars={[',', ';', ' ']}
      value={[...values]}
    />
  );
}
