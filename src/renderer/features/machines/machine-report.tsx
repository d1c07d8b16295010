import type { MachineReport } from '../../../shared/domain/machine.ts';
import { Facts, ObservedValue } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
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
            <ObservedValue observed={report.gpus}>
              {(gpus) => gpus.map((gpu) => <GpuFacts gpu={gpu} key={`${gpu.source} ${gpu.index}`} />)}
            </ObservedValue>
          </Panel>
        </div>
        <Panel title="Display adapters">
          <ObservedValue observed={report.displayAdapters}>
            {(adapters) => <Facts facts={listDisplayFacts(adapters)} />}
          </ObservedValue>
        </Panel>
        <Panel title="System">
          <Facts facts={listSystemFacts(report, format)} />
        </Panel>
      </div>
    </div>
  );
}
