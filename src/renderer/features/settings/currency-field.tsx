import { Select } from '@mantine/core';
import type { Settings } from '../../../shared/domain/settings.ts';
import { Field } from './field.tsx';
import classes from './settings.module.css';
import { useSaving } from './use-settings.ts';

const names = new Intl.DisplayNames('en', { type: 'currency' });
const currencies = Intl.supportedValuesOf('currency').map((code) => ({
  value: code,
  label: `${code} · ${names.of(code) ?? code}`,
}));

export function CurrencyField({ settings }: { settings: Settings }) {
  const saving = useSaving();
  return (
    <Field description="Of costs and of the tariff below." id="currency" saving={saving} title="Currency">
      <Select
        allowDeselect={false}
        aria-describedby="currency-description"
        aria-labelledby="currency-title"
        className={classes.input}
        data={currencies}
        limit={60}
        maxDropdownHeight={320}
        nothingFoundMessage="No currency has this code or name."
        onChange={(currency) => {
          if (currency !== null && currency !== settings.currency) saving.save({ currency });
        }}
        searchable
        value={settings.currency}
      />
    </Field>
  );
}
