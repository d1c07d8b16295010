import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { describeConfig, shortName } from '../../components/describe-config.ts';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { Panel } from '../../components/page.tsx';
import { useFormat } from '../../components/use-format.ts';
import { hasBatchCurve } from './batch-lines.ts';
import { BatchPanel } from './batch-panel.tsx';
import { historyColumns } from './history-columns.tsx';
import type { ListedCell } from './listed-cell.ts';
import classes from './results.module.css';

interface HistoryTableProps {
  cells: readonly ListedCell[];
  isComplete: boolean;
  onNearEnd: () => void;
}

/** The history and what is chosen in it. */
export function HistoryTable({ cells, isComplete, onNearEnd }: HistoryTableProps) {
  const navigate = useNavigate();
  const format = useFormat();
  const [keys, setKeys] = useState<ReadonlySet<string>>(() => new Set());
  const [showsCurve, setShowsCurve] = useState(false);
  const chosen = keys.size === 0 ? [] : cells.filter(({ id }) => keys.has(id));
  const canDraw = hasBatchCurve(chosen);
  const model = chosen[0]?.model ?? '';
  const clear = () => {
    setKeys(new Set());
    setShowsCurve(false);
  };
  return (
    <>
      {chosen.length > 0 && (
        <div aria-label="Chosen results" className={classes.chosen} role="group">
          <span role="status">{format.count(chosen.length)} chosen</span>
          {canDraw ? (
            <Button
              aria-pressed={showsCurve}
              onClick={() => setShowsCurve((shown) => !shown)}
              size="compact-sm"
              variant={showsCurve ? 'light' : 'filled'}
            >
              Batch curve
            </Button>
          ) : (
            <span className={classes.hint}>
              A batch curve needs two batch sizes of one model that were measured in one run and differ in nothing else.
            </span>
          )}
          <Button onClick={clear} size="compact-sm" variant="default">
            Choose none
          </Button>
        </div>
      )}
      {canDraw && showsCurve && (
        <div className={classes.curve}>
          <Panel title={`Batch curve of ${shortName(model)}`}>
            <BatchPanel cells={chosen} model={shortName(model)} />
          </Panel>
        </div>
      )}
      <DataTable
        columns={historyColumns}
        isComplete={isComplete}
        label="Results, newest first"
        leastWidthPx={1032}
        maxHeight="max(352px, calc(100dvh - 216px))"
        onNearEnd={onNearEnd}
        onOpen={({ id }) => void navigate({ to: '/measure/results/$cellId', params: { cellId: id } })}
        rows={cells}
        scrollId="results"
        selection={{
          keys,
          onChange: setKeys,
          describe: (cell) => `Choose ${describeConfig(cell)}`,
        }}
        startsGroup={(cell, before) => cell.runId !== before.runId}
        toKey={({ id }) => id}
      />
    </>
  );
}
