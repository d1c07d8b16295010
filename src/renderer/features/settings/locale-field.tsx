import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/domain/settings.ts';
import { checkLocale, commonLocales, describeLocale, previewLocale } from './locales.ts';
import { Field } from './field.tsx';
import classes from './settings.module.css';
import { useSaving } from './use-settings.ts';

/** Language tag of numbers and dates: chosen from a list or typed; what it makes of them is shown while typing. */
export function LocaleField({ settings }: { settings: Settings }) {
  const saving = useSaving();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? settings.locale ?? '';
  const checked = checkLocale(shown);
  const submit = (text: string): void => {
    const { tag, problem } = checkLocale(text);
    if (problem !== null) return;
    // What could not be saved stays as it was typed.
    if (tag === settings.locale) setTyped(null);
    else saving.save({ locale: tag }, { onSuccess: () => setTyped(null) });
  };
  return (
    <Field
      description="How numbers, dates and amounts are written. Empty: as the system says. Texts are English."
      id="locale"
      problem={checked.problem}
      saving={saving}
      title="Locale"
    >
      <Autocomplete
        aria-describedby={checked.problem === null ? 'locale-description' : 'locale-problem'}
        aria-labelledby="locale-title"
        className={classes.input}
        clearable
        clearButtonProps={{ 'aria-label': 'Write as the system says' }}
        data={[...commonLocales]}
        error={checked.problem !== null}
        filter={({ options }) => options}
        maxDropdownHeight={320}
        onBlur={() => submit(shown)}
        onChange={setTyped}
        onClear={() => submit('')}
        onKeyDown={({ key, nativeEvent }) => {
          if (key === 'Enter' && !nativeEvent.defaultPrevented) submit(shown);
        }}
        onOptionSubmit={submit}
        placeholder="as the system says"
        renderOption={({ option: { value } }) => (
          <span className={classes.option}>
            <code>{value}</code> {describeLocale(value)}
          </span>
        )}
        value={shown}
      />
      {checked.problem === null && (
        <dl className={classes.preview}>
          {previewLocale(checked.tag, settings.currency).map(({ name, text }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </Field>
  );
}
