import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../../shared/domain/settings.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Field } from './field.tsx';
import classes from './settings.module.css';
import { parseAmount, writeAmount } from './amount.ts';
import { useSaving } from './use-settings.ts';

/** Price of a kilowatt-hour; a typed number, so everything that follows from it is assumed. */
export function TariffField({ settings: { tariffPerKWh, currency, locale } }: { settings: Settings }) {
  const saving = useSaving();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (tariffPerKWh === null ? '' : writeAmount(tariffPerKWh, locale));
  const { amount, problem } = parseAmount(shown, locale);
  const submit = (): void => {
    if (problem !== null) return;
    // What could not be saved stays as it was typed.
    if (amount === tariffPerKWh) setTyped(null);
    else saving.save({ tariffPerKWh: amount }, { onSuccess: () => setTyped(null) });
  };
  return (
    <Field
      description="What electricity costs here. Empty: not given, so energy has no price."
      id="tariff"
      problem={problem}
      saving={saving}
      title="Electricity tariff"
    >
      <div className={classes.amount}>
        <TextInput
          aria-describedby={problem === null ? 'tariff-description' : 'tariff-problem'}
          aria-label={`Electricity tariff, ${currency} per kWh`}
          error={problem !== null}
          inputMode="decimal"
          onBlur={submit}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={({ key }) => {
            if (key === 'Enter') submit();
          }}
          placeholder="not given"
          value={shown}
          w={120}
        />
        <span>{currency} per kWh</span>
        {tariffPerKWh !== null && <KindMark kind="assumed" />}
      </div>
    </Field>
  );
}
