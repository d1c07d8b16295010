import type { MachineReport } from '../../../shared/domain/machine.ts';
import type { Observed } from '../../../shared/domain/provenance.ts';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { useFormat } from '../../components/use-format.ts';
import { listCpuFacts } from './cpu-facts.tsx';
import { listDisplayFacts, GpuFacts } from './gpu-facts.tsx';
import classes from './machines.module.css';
import { listMemoryFacts, listSystemFacts } from './system-facts.tsx';

/** Everything that is known of this machine; what is not known has its reason. */
export function MachineReportView({ report }: { report: MachineReport }) {
  const format = useFormat();
  return (
    <div className={classes.report}>
      <div className={classes.sections}>
        <Panel title="Processor">
          <Facts facts={listCpuFacts(report, format)} />
        </Panel>
      </div>
      <div className={classes.sections}>
        <Panel title="Memory">
          <Facts facts={listMemoryFacts(report, format)} />
        </Panel>
        <div className={classes.anchor} id="gpus">
          <Panel title="GPUs">
            {report.gpus.status === 'present' ? (
              report.gpus.value.map((gpu) => <GpuFacts gpu={gpu} key={`${gpu.source} ${gpu.index}`} />)
            ) : (
              <Nothing because={report.gpus} />
            )}
          </Panel>
        </div>
        <Panel title="Display adapters">
          {report.displayAdapters.status === 'present' ? (
            <Facts facts={listDisplayFacts(report.displayAdapters.value)} />
          ) : (
            <Nothing because={report.displayAdapters} />
          )}
        </Panel>
        <Panel title="System">
          <Facts facts={listSystemFacts(report, format)} />
        </Panel>
      </div>
    </div>
  );
}

/** In place of a list: why it is empty, and what would make things visible. */
function Nothing({ because: { reason, remedy } }: { because: Extract<Observed<unknown>, { status: 'absent' }> }) {
  return (
    <p className={classes.muted}>
      <Sentence text={reason} /> {remedy !== null && <Sentence text={remedy} />}
    </p>
  );
}
