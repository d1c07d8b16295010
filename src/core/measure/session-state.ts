import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { emptyTrace, withoutPoints, withProgress, type RunSession } from '../../shared/domain/run-session.ts';
import type { SensorSample, SensorSeries } from '../../shared/domain/telemetry.ts';
import { assertNever } from '../../shared/errors.ts';
import { expandPlan } from './expand-plan.ts';
import type { RunEvent } from './run-ports.ts';

/** A session before anything has happened. */
export function createRunSession(plan: Plan, now: Date): RunSession {
  return {
    plan,
    startedAt: now.toISOString(),
    phase: 'preparing',
    waitingFor: null,
    preparing: null,
    runId: null,
    cells: expandPlan(plan).map(toPending),
    progress: null,
    trace: emptyTrace(),
    sensors: [],
    unsaved: [],
    end: null,
  };
}

/** The session after an event; the one before is left as it was. */
export function applyRunEvent(session: RunSession, event: RunEvent): RunSession {
  switch (event.type) {
    case 'waiting':
      return { ...session, phase: 'waiting', waitingFor: { pid: event.owner.pid, since: event.owner.since } };
    case 'preparing': {
      const { model, share } = event;
      return { ...session, phase: 'preparing', waitingFor: null, preparing: { model, share } };
    }
    case 'started': {
      const { runId } = event;
      return { ...session, phase: 'measuring', waitingFor: null, preparing: null, runId };
    }
    case 'extended':
      return { ...session, cells: [...session.cells, ...event.cells.map(toPending)] };
    case 'cell-started':
      return {
        ...withCellState(session, event.index, 'running'),
        progress: null,
        trace: emptyTrace(),
        // Until it is known which there are for this configuration, those of the one before keep their place.
        sensors: withoutPoints(session.sensors),
      };
    case 'progress': {
      const { type: _, ...progress } = event;
      const before = session.progress?.process === progress.process ? session.progress.sensors : undefined;
      return withProgress(session, { ...progress, ...(before === undefined ? {} : { sensors: before }) });
    }
    case 'unsaved':
      return { ...session, unsaved: [...session.unsaved, { index: event.index, outcome: event.outcome }] };
    case 'cell-finished':
      return { ...withCellState(session, event.index, event.record.outcome.state), progress: null };
    case 'finished':
      return session;
    default:
      return assertNever(event);
  }
}

/** The session with the sensors that its configuration has on this machine. */
export function withSensors(session: RunSession, sensors: readonly SensorSeries[]): RunSession {
  return { ...session, sensors: withoutPoints(sensors) };
}

/** The session after readings, which come between two messages of progress. */
export function withSensorSample(session: RunSession, sensors: SensorSample): RunSession {
  return session.progress === null ? session : withProgress(session, { ...session.progress, sensors });
}

function toPending(config: CellConfig): RunSession['cells'][number] {
  return { config, state: 'pending' };
}

function withCellState(session: RunSession, index: number, state: RunSession['cells'][number]['state']): RunSession {
  return { ...session, cells: session.cells.map((cell, position) => (position === index ? { ...cell, state } : cell)) };
}
