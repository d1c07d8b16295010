import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { CommandLine } from '../../components/command-line.tsx';
import { Facts } from '../../components/facts.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { CurrencyField } from './currency-field.tsx';
import { Field } from './field.tsx';
import { GradeField } from './grade-field.tsx';
import { LocaleField } from './locale-field.tsx';
import { TariffField } from './tariff-field.tsx';
import { ThemeField } from './theme-field.tsx';
import { useSettings } from './use-settings.ts';

export function SettingsScreen() {
  const { hash } = useLocation();
  const { data, error, refetch } = useSettings();
  const isKnown = data !== undefined;
  useEffect(() => {
    if (!isKnown || hash === '') return;
    const field = document.getElementById(hash);
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector('input')?.focus({ preventScroll: true });
  }, [hash, isKnown]);
  return (
    <Page lead="Kept with the results, and saved as they are changed." title="Settings">
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading what="Reading the settings." />}
      {data !== undefined && (
        <>
          <Panel title="Appearance">
            <ThemeField settings={data.settings} />
          </Panel>
          <Panel title="Numbers and money">
            <LocaleField settings={data.settings} />
            <CurrencyField settings={data.settings} />
            <TariffField settings={data.settings} />
          </Panel>
          <Panel title="Measuring">
            <GradeField settings={data.settings} />
          </Panel>
          <Panel title="Data and application">
            <Field
              description={
                <>
                  Models, runs and samples. Another one is chosen at the start, with <code>--data-dir</code> or the
                  variable <code>INFEROMETER_DATA_DIR</code>.
                </>
              }
              id="data-directory"
              title="Data directory"
            >
              <CommandLine command={data.dataDirectory} label="Data directory" />
            </Field>
            <Field id="application" title="Application">
              <Facts
                facts={[
                  { name: 'Version', value: data.app.version },
                  {
                    name: 'Commit',
                    value: data.app.commit === null ? 'not known in this copy' : <code>{data.app.commit}</code>,
                  },
                ]}
              />
            </Field>
          </Panel>
        </>
      )}
    </Page>
  );
}
