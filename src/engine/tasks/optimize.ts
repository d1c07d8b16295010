import { openSession } from '../runtime/session.ts';
import type { OptimizeResult, OptimizeTask } from './optimize-messages.ts';

/** Writes an optimized graph; creating the session does it. */
export async function optimize(task: OptimizeTask): Promise<OptimizeResult> {
  await using _ = await openSession(task.session, { optimizedModelFilePath: task.target });
  return { kind: 'optimize' };
}
