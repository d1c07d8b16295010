import type { ComparisonRecord } from '../../../../shared/domain/comparison.ts';
import { Panel } from '../../../components/page.tsx';
import { nameSides } from '../name-sides.ts';
import { KernelList } from './kernel-list.tsx';
import classes from './result.module.css';

/** Which kernels ONNX Runtime really ran, side by side. */
export function KernelsPanel({ record }: { record: ComparisonRecord }) {
  const { plan, result } = record;
  const names = nameSides(plan.baseline, plan.candidates[record.candidate] ?? plan.baseline);
  return (
    <Panel title="Kernels that ran">
      <p className={classes.remark}>
        Of the optimized graph, with their share of the time of profiled queries. Profiling slows a query down, so
        nothing here is a latency.
      </p>
      <div className={classes.sides}>
        <KernelList kernels={result.baseline.kernels} name={names.baseline} side="Baseline" />
        <KernelList kernels={result.candidate.kernels} name={names.candidate} side="Candidate" />
      </div>
    </Panel>
  );
}
