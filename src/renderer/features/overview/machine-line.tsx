import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { MachineReport } from '../../../shared/domain/machine.ts';
import { describeIsa } from '../../components/isa-names.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import classes from './overview.module.css';

/** What this machine is, in one line. */
export function MachineLine() {
  const format = useFormat();
  const { data, error, refetch } = useQuery(api.machine.detect.queryOptions());
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Looking at the machine." />;
  const { report } = data;
  const parts = [describeProcessor(report, format), describeMemory(report, format)];
  return (
    <p className={classes.glance}>
      {parts.map((part) => (
        <span className={classes.part} key={part}>
          {part}
        </span>
      ))}
      <span className={classes.part}>
        <Gpus report={report} />
      </span>
      <span className={classes.detected}>
        <KindMark kind="measured" />
        <time dateTime={report.detectedAt}>{format.time(report.detectedAt)}</time>
      </span>
    </p>
  );
}

function Gpus({ report: { gpus } }: { report: MachineReport }) {
  const format = useFormat();
  if (gpus.status === 'present') {
    const names = gpus.value.map(({ name, memoryBytes }) =>
      memoryBytes.status === 'present' ? `${name} ${format.quantity(memoryBytes.value, 'B')}` : name,
    );
    return <Link to="/machines">{names.join(', ')}</Link>;
  }
  const [what] = gpus.reason.split(':');
  return (
    <>
      {what}{' '}
      <Link aria-label="Why no GPU was found" hash="gpus" title={gpus.reason} to="/machines">
        why?
      </Link>
    </>
  );
}

function describeProcessor(report: MachineReport, format: Format): string {
  const { model, usable } = report.cpu;
  const name = model.status === 'present' ? shortProcessorName(model.value) : 'processor of unknown model';
  const cores =
    usable.status === 'present'
      ? [`${format.count(usable.value.cpus)} usable ${usable.value.cpus === 1 ? 'cpu' : 'cpus'}`]
      : [];
  return `${name} (${[...cores, ...describeIsa(report)].join(', ')})`;
}

/** Without trademark signs and the clock, which is a fact of its own. */
function shortProcessorName(model: string): string {
  return model
    .replace(/\((R|TM|tm)\)/g, '')
    .replace(/\s+(CPU )?@.*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function describeMemory({ memory }: MachineReport, format: Format): string {
  const { totalBytes, limitBytes } = memory;
  if (limitBytes.status === 'present') return `${format.quantity(limitBytes.value, 'B')} memory limit`;
  if (totalBytes.status === 'present') return `${format.quantity(totalBytes.value, 'B')} memory`;
  return 'memory not available';
}
