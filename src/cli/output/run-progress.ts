import type { RunEvent } from '../../core/measure/run-ports.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import { formatCount, formatDuration, formatQuantity } from '../../shared/units.ts';
import { describeConfig, stageNames } from './results.ts';
import type { Terminal } from './terminal.ts';

/** What is known before a run starts, seconds. */
interface Expected {
  /** A whole configuration, all its processes. */
  cellS: (config: CellConfig) => number;
  /** The least that the measured part of one process takes. */
  measuredS: number;
}

/** What is left of a configuration: the process that measures now, and those that follow. */
interface Standing {
  config: CellConfig;
  cellS: number;
  process: number;
  processStartedAtMs: number;
  /** Everything after this configuration. */
  laterS: number;
}

/** Shows what a run is doing and how long it will take. */
export function createRunProgress(terminal: Terminal, { cellS, measuredS, repeats }: Expected & { repeats: number }) {
  let cells: readonly CellConfig[] = [];
  let pending = 0;
  let started = 0;
  let current: Standing | null = null;

  function timeLeft(remainingNs: number | null): string {
    if (current === null) return '';
    const processS = current.cellS / repeats;
    const elapsedS = (performance.now() - current.processStartedAtMs) / 1000;
    // Until the measured part begins, all of it is still to come, however long the warm-up takes.
    const here = remainingNs === null ? Math.max(measuredS, processS - elapsedS) : remainingNs / 1e9;
    const processesS = (repeats - current.process - 1) * processS;
    return `${formatDuration(here + processesS + current.laterS)} left`;
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
      case 'extended':
        cells = [...cells, ...event.cells];
        pending += event.cells.length;
        return;
      case 'cell-started':
        // Estimates read the database: once per configuration, not with every line.
        current = {
          config: event.config,
          cellS: cellS(event.config),
          process: 0,
          processStartedAtMs: performance.now(),
          laterS: cells.slice(event.index + 1).reduce((sum, config) => sum + cellS(config), 0),
        };
        started += 1;
        terminal.progress(`${started}/${pending} · ${describeConfig(event.config)} · preparing · ${timeLeft(null)}`);
        return;
      case 'progress': {
        if (current !== null && event.process !== current.process) {
          current = { ...current, process: event.process, processStartedAtMs: performance.now() };
        }
        const parts = [`${started}/${pending}`, timeLeft(event.remainingNs), stageNames[event.stage]];
        if (event.queries > 0) parts.push(`${formatCount(event.queries)} queries`);
        if (event.latestLatencyNs !== null) parts.push(formatQuantity(event.latestLatencyNs, 'ns').text);
        if (current !== null) parts.push(describeConfig(current.config));
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
