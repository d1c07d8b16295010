import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { besideMeasuring } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Diagnosing =
  InferContractRouterOutputs<typeof contract>['doctor']['diagnose'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

export const doctor = {
  diagnose: api.doctor.diagnose.handler(({ context, signal: outer }) =>
    streamOf<Diagnosing>(async (emit, signal) => {
      const onStep = (what: string): void => emit({ type: 'step', what });
      const diagnosis = await besideMeasuring(context, () => diagnose(context.core, { onStep, signal }));
      emit({ type: 'diagnosis', diagnosis });
    }, outer),
  ),
};
