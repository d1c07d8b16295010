import { NativeSelect, Switch, TextInput } from '@mantine/core';
import type { ParameterField } from '../../../../shared/domain/recipe-form.ts';
import { explainValue, type FieldValue, type FieldValues } from './draft.ts';
import classes from './quantize.module.css';

interface ParameterFieldsProps {
  fields: readonly ParameterField[];
  values: FieldValues;
  onChange: (name: string, value: FieldValue) => void;
}

/** A field for each parameter of a recipe. */
export function ParameterFields({ fields, values, onChange }: ParameterFieldsProps) {
  return (
    <div className={classes.fields}>
      {fields.filter(isShown(values)).map((field) => (
        <Field
          field={field}
          key={field.name}
          onChange={(value) => onChange(field.name, value)}
          value={values[field.name]}
        />
      ))}
    </div>
  );
}

/** A parameter of a method that is not chosen changes nothing. */
function isShown(values: FieldValues): (field: ParameterField) => boolean {
  return ({ shownWith }) => shownWith === null || values[shownWith.parameter] === shownWith.value;
}

interface FieldProps {
  field: ParameterField;
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
}

function Field({ field, value, onChange }: FieldProps) {
  const { label, description, control } = field;
  if (control.kind === 'switch') {
    return (
      <Switch
        checked={value === true}
        description={description}
        label={label}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  }
  if (control.kind === 'choice') {
    const { choices } = control;
    return (
      <NativeSelect
        // Values are of several types; a select knows texts only.
        data={choices.map((choice, index) => ({ value: String(index), label: choice.label }))}
        description={description}
        label={label}
        onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)]?.value ?? control.default)}
        value={String(choices.findIndex((choice) => choice.value === value))}
      />
    );
  }
  return (
    <TextInput
      description={description}
      error={explainValue(field, value)}
      inputMode={control.kind === 'number' ? (control.isWhole ? 'numeric' : 'decimal') : 'text'}
      label={label}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      placeholder={control.kind === 'names' ? 'none' : ''}
      spellCheck={false}
      value={String(value ?? '')}
    />
  );
}
