import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { refuseWhileMeasuring } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Diagnosing =
  InferContractRouterOutputs<typeof contract>['doctor']['diagnose'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

export const doctor = {
  diagnose: api.doctor.diagnose.handler(({ context, signal: outer }) => {
    refuseWhileMeasuring(context);
    return streamOf<Diagnosing>(async (emit, signal) => {
      const { gpuLibraries, ...rest } = await diagnose(context.core, {
        onStep: (what) => emit({ type: 'step', what }),
        signal,
      });
      const libraries = gpuLibraries && {
        status: gpuLibraries.status,
        missing: gpuLibraries.status === 'incomplete' ? gpuLibraries.missing.map(({ name }) => name) : [],
      };
      emit({ type: 'diagnosis', diagnosis: { ...rest, gpuLibraries: libraries } });
    }, outer);
  }),
};
