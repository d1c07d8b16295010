import type { RunEvent } from '../../core/measure/run-ports.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import { formatCount, formatDuration, formatQuantity } from '../../shared/units.ts';
import { describeConfig, stageNames } from './results.ts';
import type { Terminal } from './terminal.ts';

/** What is known before a run starts, seconds. */
interface Expected {
  /** A whole configuration. */
  cellS: (config: CellConfig) => number;
  /** The least that the measured part takes. */
  measuredS: number;
}

/** Shows what a run is doing and how long it will take. */
export function createRunProgress(terminal: Terminal, { cellS, measuredS }: Expected) {
  let cells: readonly CellConfig[] = [];
  let pending = 0;
  let started = 0;
  let startedAtMs = 0;
  let current: CellConfig | null = null;

  function timeLeft(remainingNs: number | null): string {
    if (current === null) return '';
    const elapsedS = (performance.now() - startedAtMs) / 1000;
    // Until the measured part begins, all of it is still to come, however long the warm-up takes.
    const here = remainingNs === null ? Math.max(measuredS, cellS(current) - elapsedS) : remainingNs / 1e9;
    const later = cells.slice(cells.indexOf(current) + 1).reduce((sum, config) => sum + cellS(config), 0);
    return `${formatDuration(here + later)} left`;
  }

  return function show(event: RunEvent): void {
    switch (event.type) {
      case 'waiting':
        terminal.note(`Waiting for the measurement of process ${event.owner.pid} to end.`);
        return;
      case 'preparing':
        if (event.share < 1)
          terminal.progress(`${event.model} · preparing · ${formatQuantity(event.share, 'ratio').text}`);
        return;
      case 'started':
        ({ cells, pending } = event);
        return;
      case 'cell-started':
        current = cells[event.index] ?? event.config;
        started += 1;
        startedAtMs = performance.now();
        terminal.progress(`${started}/${pending} · ${describeConfig(event.config)} · preparing · ${timeLeft(null)}`);
        return;
      case 'progress': {
        const parts = [`${started}/${pending}`, timeLeft(event.remainingNs), stageNames[event.stage]];
        if (event.queries > 0) parts.push(`${formatCount(event.queries)} queries`);
        if (event.latestLatencyNs !== null) parts.push(formatQuantity(event.latestLatencyNs, 'ns').text);
        if (current !== null) parts.push(describeConfig(current));
        terminal.progress(parts.join(' · '));
        return;
      }
      case 'unsaved':
        // Nobody else has it: a full disk must not cost a finished measurement.
        terminal.note('The result could not be stored. Keep this line:', JSON.stringify(event.outcome));
        return;
      case 'cell-finished':
      case 'finished':
        terminal.endProgress();
    }
  };
}
