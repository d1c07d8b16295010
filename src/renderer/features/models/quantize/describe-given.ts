import type { ParameterField } from '../../../../shared/domain/recipe-form.ts';

/** Parameters that a variant was made with, in the words of the form; those that changed nothing are left out. */
export function describeGiven(
  fields: readonly ParameterField[],
  parameters: Readonly<Record<string, unknown>>,
): { name: string; value: string }[] {
  return fields
    .filter(({ shownWith }) => shownWith === null || parameters[shownWith.parameter] === shownWith.value)
    .map(({ name, label, control }) => {
      const value = parameters[name];
      if (Array.isArray(value)) return { name: label, value: value.length === 0 ? 'none' : value.join(', ') };
      const choice = control.kind === 'choice' ? control.choices.find((one) => one.value === value) : undefined;
      return {
        name: label,
        value: choice?.label ?? (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)),
      };
    });
}
