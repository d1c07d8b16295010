import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { addModel } from '../models/import/add-model.ts';
import { listModels } from '../models/list-models.ts';
import { resolveModelCost } from '../models/resolve-cost.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { refuseWhileMeasuring } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Inspecting =
  InferContractRouterOutputs<typeof contract>['models']['inspect'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

export const models = {
  list: api.models.list.handler(({ context: { core } }) => listModels(core)),
  inspect: api.models.inspect.handler(({ context, input: { name }, signal: outer }) => {
    refuseWhileMeasuring(context);
    return streamOf<Inspecting>(async (emit, signal) => {
      const onProgress = (share: number): void => emit({ type: 'preparing', share });
      const { id, path, summary } = await resolveModel(name, context.core, { onProgress, signal });
      emit({ type: 'inspected', model: { name: id, path, summary } });
    }, outer);
  }),
  cost: api.models.cost.handler(async ({ context, input: { name, batch, dims }, signal }) => {
    refuseWhileMeasuring(context);
    const { core } = context;
    const abort = signal ? { signal } : {};
    const model = await resolveModel(name, core, abort);
    return resolveModelCost(model, {
      spawn: core.spawn,
      temporaryFolder: core.directory.temporary,
      batch,
      dims,
      ...abort,
    });
  }),
  add: api.models.add.handler(({ context: { core }, input: { path, name }, signal }) =>
    addModel(core.storage, path, { ...(name === undefined ? {} : { name }), ...(signal ? { signal } : {}) }),
  ),
  remove: api.models.remove.handler(({ context: { core }, input: { name } }) => core.storage.models.remove(name)),
};
