import type { ScenarioId } from '../../shared/domain/plan.ts';
import { decode } from './decode.ts';
import { idleGap } from './idle-gap.ts';
import { multiStream } from './multi-stream.ts';
import { offline } from './offline.ts';
import type { LoadScenario } from './scenario.ts';
import { server } from './server.ts';
import { singleStream } from './single-stream.ts';

/** Every load scenario of one engine, one file each; a cold start needs several (src/core/measure/cold-start.ts). */
export const scenarios: Readonly<Record<Exclude<ScenarioId, 'cold-start'>, LoadScenario>> = {
  'single-stream': singleStream,
  offline,
  'multi-stream': multiStream,
  server,
  'idle-gap': idleGap,
  decode,
};
