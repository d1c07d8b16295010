import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { checkMethod } from '../doctor/check-method.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { acquireLock } from '../measure/lock.ts';
import { besideMeasuring, untilQuiet } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Diagnosing =
  InferContractRouterOutputs<typeof contract>['doctor']['diagnose'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

type Checking =
  InferContractRouterOutputs<typeof contract>['doctor']['checkMethod'] extends AsyncIterator<infer Message, unknown>
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
  checkMethod: api.doctor.checkMethod.handler(({ context, input: { seconds }, signal: outer }) =>
    streamOf<Checking>(async (emit, signal) => {
      await untilQuiet(context);
      let last = '';
      const onStep = (what: string, share: number): void => {
        const step = `${what} ${Math.floor(share * 100)}`;
        if (step !== last) emit({ type: 'step', what, share });
        last = step;
      };
      const check = await context.sessions.takeMachine(async ({ signal: stopped, lockPath }) => {
        using _lock = await acquireLock({
          wait: false,
          ...(stopped === undefined ? {} : { signal: stopped }),
          ...(lockPath === undefined ? {} : { lockPath }),
        });
        return await checkMethod({
          spawn: context.core.spawn,
          onStep,
          ...(stopped === undefined ? {} : { signal: stopped }),
          ...(seconds === undefined ? {} : { durationS: seconds }),
        });
      }, signal);
      emit({ type: 'checked', check });
    }, outer),
  ),
};
