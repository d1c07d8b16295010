import { SegmentedControl } from '@mantine/core';
import type { Measurement } from '../../../shared/domain/measurement.ts';
import classes from './results.module.css';

/** How many samples each engine process left. */
export type KeptSeries = readonly { process: number; n: number }[];

/** Which engine process a part of the evidence shows. */
export interface ShownProcess {
  measurement: Measurement;
  series: KeptSeries;
  process: number;
  onProcess: (process: number) => void;
}

/** Chooses an engine process; nothing where there is one only. */
export function ProcessSwitch({ series, process, onProcess }: Omit<ShownProcess, 'measurement'>) {
  if (series.length < 2) return null;
  return (
    <div className={classes.processes}>
      <span aria-hidden="true">Engine process</span>
      <SegmentedControl
        aria-label="Engine process"
        data={series.map(({ process: one }) => ({ value: String(one), label: String(one + 1) }))}
        onChange={(value) => onProcess(Number(value))}
        size="xs"
        value={String(process)}
      />
      <span className={classes.muted}>The readings above are over all of them.</span>
    </div>
  );
}

/** The process of the address, or the first where it never was. */
export function shownProcess({ series, process }: Pick<ShownProcess, 'series' | 'process'>): number {
  return series.some((one) => one.process === process) ? process : 0;
}
