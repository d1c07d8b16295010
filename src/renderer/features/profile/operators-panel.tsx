import { useState } from 'react';
import { operatorAt, operatorTreemap } from '../../../shared/charts/operator-treemap.ts';
import type { ProfileRecord } from '../../../shared/domain/profile.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { shortName } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { OperatorTable } from './operator-table.tsx';
import classes from './profile.module.css';

/** Where the time goes: the picture, and below it each operator with its nodes. */
export function OperatorsPanel({ record }: { record: ProfileRecord }) {
  const format = useFormat();
  const [opened, setOpened] = useState<number | null>(null);
  const { operators, nodes, plan, id } = record;
  if (operators.length === 0) {
    return (
      <Panel title="Operators">
        <Empty>
          The profiler recorded no node: the provider computes the whole graph as one, and does not tell more.
        </Empty>
      </Panel>
    );
  }
  const added = nodes.filter(({ source }) => source === null).length;
  const open = (index: number): void => {
    setOpened(index);
    // The row exists already; its nodes come below it.
    document.getElementById(`operator-${index}`)?.scrollIntoView({ block: 'center' });
  };
  return (
    <Panel
      actions={
        <span className={classes.muted}>
          {format.count(nodes.length)} nodes as they ran
          {added > 0 && `, ${format.count(added)} of them added by the runtime`} <KindMark kind="measured" />
        </span>
      }
      title="Operators"
    >
      <div className={classes.treemap}>
        <ChartFigure
          draw={(style) => operatorTreemap(operators, style)}
          fileName={`${shortName(plan.model)}-${id}-operators`}
          heightPx={320}
          onOpen={({ index }) => {
            const found = operatorAt(operators, index);
            if (found !== null) open(operators.indexOf(found));
          }}
        />
      </div>
      <OperatorTable onToggle={(index) => setOpened(opened === index ? null : index)} opened={opened} record={record} />
    </Panel>
  );
}
