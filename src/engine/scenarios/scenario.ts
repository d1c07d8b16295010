import type { ScenarioId } from '../../shared/domain/plan.ts';
import type { MeasureResult, MeasureTask } from '../protocol.ts';
import type { Feeds } from '../runtime/input-file.ts';
import type { OpenSession } from '../runtime/session.ts';
import type { TaskChannel } from '../tasks/channel.ts';

/** Stamps of one call, ns of the engine's clock. */
export interface CallStamps {
  issuedNs: number;
  completedNs: number;
  /** Part of it that went into putting inputs together; left out where nothing was. */
  joinNs?: number;
}

/** Runs one call on the next inputs of the rotation: one query, or `count` that are put together. */
export type IssueQuery = (count?: number) => Promise<CallStamps>;

/** Takes the stamps of every query; false ends the scenario (minima met, or cancelled). */
export type RecordQuery = (scheduledNs: number | null, issuedNs: number, completedNs: number) => boolean;

/** What a scenario works with. */
export interface ScenarioContext {
  task: MeasureTask;
  /** Latency of a call as warm-up left it, ns. */
  expectedNs: number;
  issue: IssueQuery;
  record: RecordQuery;
  /** For scenarios that wait: true as soon as nobody wants the rest. */
  isCancelled: () => boolean;
}

/** What a scenario alone knows of its measured part, beside the stamps. */
export type ScenarioResult = Pick<MeasureResult, 'server' | 'decode'>;

/** What a scenario is opened on, for one that has queries of its own kind. */
export interface ScenarioParts {
  task: MeasureTask;
  session: OpenSession['session'];
  feeds: readonly Feeds[];
  channel: TaskChannel;
}

/** Work on one session, from its first query to its last check. */
export interface Load {
  /** The first call of the session. */
  first(): Promise<CallStamps>;
  /** One query at once, whatever the pace of the scenario: while other engines are waited for. */
  issue(): Promise<CallStamps>;
  /** Stamps that one query gives; they are kept or left out together. */
  recordsPerQuery: number;
  /** `medianNs` is that of one record. */
  warmUp(): Promise<{ runs: number; durationNs: number; steady: boolean; medianNs: number }>;
  /** The measured part. */
  run(context: Pick<ScenarioContext, 'expectedNs' | 'record'>): Promise<ScenarioResult>;
  executedBatch(): { min: number; max: number } | null;
  /** Bytes of all outputs of one call. */
  outputBytes(): number;
  /** What is found out after the measured part, within seconds; `expectedNs` as in the context. */
  check(expectedNs: number): Promise<ScenarioResult & { cachingRatio: number | null }>;
}

interface Described {
  id: ScenarioId;
  name: string;
  /** What the headline number is. */
  headline: 'latency' | 'throughput';
  /** Closed loops issue on completion and have no schedule of their own; open ones end with their schedule. */
  loop: 'closed' | 'open';
  /** Series carry the scheduled time: that of an arrival, or of the request that a token belongs to. */
  scheduled: boolean;
}

/** A scenario that decides when the next call on the rotation of inputs is issued. */
export interface PacedScenario extends Described {
  run(context: ScenarioContext): Promise<ScenarioResult>;
}

/** A scenario whose queries are more than one call on the next inputs. */
export interface OpenedScenario extends Described {
  open(parts: ScenarioParts): Load;
}

/** How queries arrive. What its latency and throughput mean stands in docs/method/scenarios.md. */
export type LoadScenario = PacedScenario | OpenedScenario;

export function defineScenario(scenario: LoadScenario): LoadScenario {
  return scenario;
}
