import type { ScenarioId } from '../../shared/domain/plan.ts';
import { offline } from './offline.ts';
import type { LoadScenario } from './scenario.ts';
import { singleStream } from './single-stream.ts';

/** Every load scenario, one file each. */
export const scenarios: Readonly<Record<ScenarioId, LoadScenario>> = { 'single-stream': singleStream, offline };
