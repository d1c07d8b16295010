import { formatQuantity } from '../../../shared/units.ts';
import { Facts, type Fact } from '../../components/facts.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { Table } from '@mantine/core';
import classes from './machines.module.css';
import { ResumableRuns } from './resumable-runs.tsx';
import type { Diagnosis } from './use-doctor.ts';

/** What the check found: problems first, the worst of them at the top. */
export function DiagnosisView({ diagnosis, at }: { diagnosis: Diagnosis; at: string }) {
  const format = useFormat();
  const { problems, resumableRuns } = diagnosis;
  // Runs are listed below, with what to do about them.
  const shown = problems.filter(({ subject }) => subject !== 'runs');
  const blocking = shown.filter(({ severity }) => severity === 'blocking').length;
  return (
    <div className={classes.diagnosis}>
      <p role="status">
        <strong>{summarize(blocking, shown.length - blocking)}</strong>{' '}
        <span className={classes.muted}>Checked {format.time(at)}.</span>
      </p>
      {shown.length > 0 && (
        <PlainTable label="Problems" leastWidthPx={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={160}>
                Subject
              </Table.Th>
              <Table.Th scope="col" w={120}>
                Severity
              </Table.Th>
              <Table.Th scope="col">What was found, and what to do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ subject, severity, message, remedy }) => (
              <Table.Tr key={`${subject} ${message}`}>
                <Table.Th scope="row">{subject}</Table.Th>
                <Table.Td>
                  <SeverityMark severity={severity} />
                </Table.Td>
                <Table.Td>
                  <Sentence text={message} />{' '}
                  {remedy !== null && (
                    <span className={classes.muted}>
                      <Sentence text={remedy} />
                    </span>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </PlainTable>
      )}
      {resumableRuns.length > 0 && <ResumableRuns runIds={resumableRuns} />}
      <div className={classes.report}>
        <Facts facts={describeHarness(diagnosis, format)} />
        <Facts facts={describeStorage(diagnosis, format)} />
      </div>
    </div>
  );
}

function SeverityMark({ severity }: { severity: Diagnosis['problems'][number]['severity'] }) {
  return severity === 'blocking' ? (
    <span className={classes.blocking}>
      <span aria-hidden="true">✕</span> blocking
    </span>
  ) : (
    <span className={classes.advice}>
      <span aria-hidden="true">△</span> advice
    </span>
  );
}

function summarize(blocking: number, advice: number): string {
  if (blocking > 0) {
    return blocking === 1
      ? 'One problem keeps measurements from working.'
      : `${blocking} problems keep measurements from working.`;
  }
  if (advice === 0) return 'Nothing stands in the way of good measurements.';
  return advice === 1
    ? 'Measurements work; one thing would make them better.'
    : `Measurements work; ${advice} things would make them better.`;
}

/** What measuring itself costs, which no latency can be told apart from. */
function describeHarness({ harness }: Diagnosis, format: Format): Fact[] {
  if (harness === null) return [{ name: 'Harness', value: 'not measured: the engine did not start' }];
  const measured = (value: number, suffix = '') => (
    <span className={classes.measured}>
      {format.quantity(value, 'ns')}
      {suffix} <KindMark compact kind="measured" />
    </span>
  );
  return [
    { name: 'Cost of an empty call', value: measured(harness.nullModelNs) },
    { name: 'Step of the clock', value: measured(harness.clockResolutionNs) },
    { name: 'Cost of reading the clock', value: measured(harness.clockCallNs) },
    { name: 'Cost of returning outputs', value: measured(harness.outputCopyNsPerMiB, ' per MiB') },
  ];
}

function describeStorage({ dataDirectory, lock, gpuLibraries }: Diagnosis, format: Format): Fact[] {
  const { path, usable, freeBytes } = dataDirectory;
  const free = freeBytes === null ? null : formatQuantity(freeBytes, 'B', { locale: format.locale }).text;
  return [
    {
      name: 'Data directory',
      value: (
        <>
          <code>{path}</code>
          <span className={classes.line}>
            {!usable ? 'not usable' : free === null ? 'usable' : `${free} free`}{' '}
            {free !== null && <KindMark compact kind="measured" />}
          </span>
        </>
      ),
    },
    {
      name: 'Measuring now',
      value: lock === null ? 'nothing' : `process ${lock.pid}, since ${format.time(lock.since)}`,
    },
    { name: 'GPU libraries', value: describeLibraries(gpuLibraries) },
  ];
}

function describeLibraries(libraries: Diagnosis['gpuLibraries']) {
  if (libraries === null) return 'ONNX Runtime has none for this system';
  switch (libraries.status) {
    case 'complete':
      return 'complete';
    case 'incomplete':
      return `incomplete: ${libraries.missing.join(', ')} missing`;
    case 'not-installed':
      return (
        <>
          not installed; <code>inferometer gpu install</code> adds them
        </>
      );
  }
}
