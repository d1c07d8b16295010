import type { Core } from '../../core/create-core.ts';
import { checkMethod } from '../../core/doctor/check-method.ts';
import { diagnose as diagnoseCore, type Diagnosis } from '../../core/doctor/diagnose.ts';
import { acquireLock } from '../../core/measure/lock.ts';
import type { MethodCheck } from '../../shared/domain/method-check.ts';
import { formatCount, formatQuantity, formatTime } from '../../shared/units.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { DoctorData } from '../output/documents.ts';
import { printFacts, type Fact } from '../output/facts.ts';
import { printProviders, printUnreachable } from '../output/machine.ts';
import { printProblems } from '../output/problems.ts';
import { printSensors } from '../output/sensors.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Checks everything that a measurement needs and says what to do about what is wrong. With `method` the way in which
 * load is generated and timed is checked too, which fails with MACHINE_BUSY while something is measured.
 */
export async function diagnose(
  { openCore, terminal, signal }: CommandHost,
  { method, seconds }: { method: boolean; seconds?: number | undefined },
): Promise<CommandResult> {
  const core = await openCore();
  const diagnosis = await diagnoseCore(core, { signal, onStep: (what) => terminal.progress(what) });
  const check = method ? await checkMethodAlone(core, terminal, signal, seconds) : null;
  terminal.endProgress();
  printDiagnosis(terminal, diagnosis);
  if (check === null) return { data: diagnosis satisfies DoctorData };
  printMethodCheck(terminal, check);
  const data = { ...diagnosis, method: check } satisfies DoctorData;
  return { data, exitCode: check.passed ? exitCodes.ok : exitCodes.invalid };
}

async function checkMethodAlone(
  { spawn }: Core,
  terminal: Terminal,
  signal: AbortSignal,
  seconds: number | undefined,
): Promise<MethodCheck> {
  using _lock = await acquireLock({ wait: false, signal });
  return await checkMethod({
    spawn,
    signal,
    ...(seconds === undefined ? {} : { durationS: seconds }),
    onStep: (what, share) => terminal.progress(`Checking ${what} · ${formatQuantity(share, 'ratio').text}`),
  });
}

function printMethodCheck(terminal: Terminal, { queues, knownDelay, nullModel, passed }: MethodCheck): void {
  const time = (valueNs: number): string => formatQuantity(valueNs, 'ns').text;
  const judge = (good: boolean, text: string): string => `${good ? '✓' : '□'} ${text}`;
  printFacts(terminal, passed ? 'Method: as it must be' : 'Method: not as it must be', [
    ['empty call', judge(nullModel.passed, `${time(nullModel.medianNs)} for a model that computes nothing`)],
    [
      'known delay',
      judge(
        knownDelay.passed,
        `${time(knownDelay.medianNs)} measured of ${time(knownDelay.serviceNs)}, ${formatCount(knownDelay.queries)} calls`,
      ),
    ],
    ...queues.map(
      ({ load, ratePerS, queries, measuredNs, expectedNs, scheduleNs, latenessP99Ns, passed: good }): Fact => [
        `queue at ${formatQuantity(load, 'ratio').text}`,
        judge(
          good,
          `${time(measuredNs)} mean time, ${time(expectedNs)} by M/D/1, ${time(scheduleNs)} for these arrivals; ${formatCount(ratePerS)} queries/s, ${formatCount(queries)} in all, 99 % of calls less than ${time(latenessP99Ns)} late`,
        ),
      ],
    ),
  ]);
}

function printDiagnosis(terminal: Terminal, diagnosis: Diagnosis): void {
  const { providers, problems } = diagnosis;
  const blocking = problems.filter(({ severity }) => severity === 'blocking').length;
  const verdict =
    blocking > 0
      ? terminal.paint('bad', `□ NOT READY: ${blocking} blocking`)
      : terminal.paint('good', `✓ READY${problems.length > 0 ? ' WITH REMARKS' : ''}`);
  terminal.print(`${terminal.paint('strong', 'Measuring on this machine')}  ${verdict}`);
  printProviders(terminal, providers);
  printUnreachable(terminal, providers);
  printSensors(terminal, diagnosis.sensors);
  printFacts(terminal, 'Readiness', listFacts(diagnosis));
  printProblems(terminal, problems);
}

function listFacts({ dataDirectory, harness, lock, gpuLibraries, resumableRuns }: Diagnosis): Fact[] {
  const { freeBytes } = dataDirectory;
  const free = freeBytes === null ? 'not usable' : `${formatQuantity(freeBytes, 'B').text} free`;
  const facts: Fact[] = [['data directory', `${dataDirectory.path} (${free})`]];
  if (harness !== null) {
    const toTime = (valueNs: number): string => formatQuantity(valueNs, 'ns').text;
    facts.push(
      ['clock', `steps of ${toTime(harness.clockResolutionNs)}, ${toTime(harness.clockCallNs)} to read it`],
      ['empty call', `${toTime(harness.nullModelNs)} for a model that computes nothing`],
      ['output copy', `${toTime(harness.outputCopyNsPerMiB)} per MiB of output`],
    );
  }
  facts.push(['machine', lock === null ? 'free' : `measuring since ${formatTime(lock.since)} (process ${lock.pid})`]);
  if (resumableRuns.length > 0) facts.push(['interrupted runs', resumableRuns.join(' ')]);
  if (gpuLibraries !== null) facts.push(['GPU libraries', describeLibraries(gpuLibraries)]);
  return facts;
}

function describeLibraries(libraries: NonNullable<Diagnosis['gpuLibraries']>): string {
  switch (libraries.status) {
    case 'not-installed':
      return 'not installed; inferometer gpu install adds them';
    case 'complete':
      return 'installed, nothing missing';
    case 'incomplete':
      return `installed, ${libraries.missing.length} missing below them`;
  }
}
