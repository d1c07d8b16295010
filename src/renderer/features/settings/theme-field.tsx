import { SegmentedControl } from '@mantine/core';
import type { Settings } from '../../../shared/domain/settings.ts';
import { Field } from './field.tsx';
import { useSaving } from './use-settings.ts';

const themes: readonly { value: Settings['theme']; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function ThemeField({ settings }: { settings: Settings }) {
  const saving = useSaving();
  return (
    <Field id="theme" saving={saving} title="Theme">
      <SegmentedControl
        aria-labelledby="theme-title"
        data={[...themes]}
        onChange={(theme) => saving.save({ theme })}
        size="sm"
        value={settings.theme}
      />
    </Field>
  );
}
