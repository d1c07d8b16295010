import { diagnose as diagnoseCore, type Diagnosis } from '../../core/doctor/diagnose.ts';
import { formatQuantity, formatTime } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { DoctorData } from '../output/documents.ts';
import { printFacts, type Fact } from '../output/facts.ts';
import { printProviders } from '../output/machine.ts';
import { printProblems } from '../output/problems.ts';
import type { Terminal } from '../output/terminal.ts';

/** Checks everything that a measurement needs and says what to do about what is wrong. */
export async function diagnose({ openCore, terminal, signal }: CommandHost): Promise<CommandResult> {
  const core = await openCore();
  const diagnosis = await diagnoseCore(core, { signal, onStep: (what) => terminal.progress(what) });
  terminal.endProgress();
  printDiagnosis(terminal, diagnosis);
  return { data: diagnosis satisfies DoctorData };
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
