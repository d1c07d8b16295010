import type { ScenarioId } from '../../shared/domain/plan.ts';

/** Runs one query on the next input of the rotation and returns its stamps, ns of the engine's clock. */
export type IssueQuery = () => Promise<{ issuedNs: number; completedNs: number }>;

/** Takes the stamps of every query; false ends the scenario (minima met, or cancelled). */
export type RecordQuery = (scheduledNs: number | null, issuedNs: number, completedNs: number) => boolean;

/** How queries arrive. What its latency and throughput mean stands in docs/method/measurement.md. */
export interface LoadScenario {
  id: ScenarioId;
  name: string;
  /** What the headline number is. */
  headline: 'latency' | 'throughput';
  /** Closed loops issue on completion and have no schedule of their own. */
  loop: 'closed' | 'open';
  run(issue: IssueQuery, record: RecordQuery): Promise<void>;
}

export function defineScenario(scenario: LoadScenario): LoadScenario {
  return scenario;
}
