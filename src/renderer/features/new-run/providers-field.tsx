import { Checkbox, Stack } from '@mantine/core';
import { providerIdSchema, type ProviderId } from '../../../shared/domain/provider.ts';
import { providerNames } from '../../components/provider-names.ts';
import { ProviderMark } from '../../components/provider-mark.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { FailureNote } from '../../components/states.tsx';
import { useProviders, type CheckedProvider } from '../../components/use-providers.ts';
import { changeDraft } from './draft-store.ts';
import classes from './new-run.module.css';

interface ProvidersFieldProps {
  chosen: readonly ProviderId[];
  problem: string | undefined;
}

/** All providers with their health; one that does not work here cannot be chosen, and says why. */
export function ProvidersField({ chosen, problem }: ProvidersFieldProps) {
  const { reports, isLoading, isBusy, error, retry } = useProviders();
  return (
    <div>
      <Checkbox.Group
        error={problem}
        label="Providers"
        onChange={(values) => changeDraft({ providers: providerIdSchema.options.filter((id) => values.includes(id)) })}
        value={[...chosen]}
      >
        <Stack gap={8} mt={6}>
          {providerIdSchema.options.map((id) => {
            const report = reports.find((one) => one.id === id);
            const isOut = report?.status.status === 'unavailable';
            return (
              <Checkbox
                description={<Health isBusy={isBusy} isLoading={isLoading} report={report} />}
                // One that was chosen before must be possible to take out.
                disabled={isOut && !chosen.includes(id)}
                key={id}
                label={
                  <>
                    {providerNames[id]} {report !== undefined && <ProviderMark status={report.status} />}
                  </>
                }
                value={id}
              />
            );
          })}
        </Stack>
      </Checkbox.Group>
      {error !== null && <FailureNote error={error} onRetry={retry} />}
    </div>
  );
}

interface HealthProps {
  report: CheckedProvider | undefined;
  isLoading: boolean;
  isBusy: boolean;
}

function Health({ report, isLoading, isBusy }: HealthProps) {
  if (report === undefined) {
    if (isBusy) return 'Not tried while a measurement runs.';
    return isLoading ? 'Being tried.' : 'Not known.';
  }
  const { status } = report;
  if (status.status === 'available') return status.device;
  return (
    <span className={classes.reason}>
      <Sentence text={status.reason} /> {status.remedy !== null && <Sentence text={status.remedy} />}
    </span>
  );
}
