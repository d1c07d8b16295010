import { TagsInput } from '@mantine/core';

interface NumbersFieldProps {
  label: string;
  description: string;
  values: readonly string[];
  suggestions: readonly string[];
  problem: string | undefined;
  onChange: (values: string[]) => void;
}

/** Several whole numbers, each a tag; what is none stays visible until it is put right. */
export function NumbersField({ label, description, values, suggestions, problem, onChange }: NumbersFieldProps) {
  return (
    <TagsInput
      data={[...suggestions]}
      description={description}
      error={problem}
      inputMode="numeric"
      label={label}
      onChange={onChange}
      splitChars={[',', ';', ' ']}
      value={[...values]}
    />
  );
}
