import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { addModel } from '../models/import/add-model.ts';
import { removeModel } from '../models/import/remove-model.ts';
import { listModels } from '../models/list-models.ts';
import { resolveModelCost } from '../models/resolve-cost.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { besideMeasuring } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Inspecting =
  InferContractRouterOutputs<typeof contract>['models']['inspect'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

export const models = {
  list: api.models.list.handler(({ context: { core } }) => listModels(core)),
  inspect: api.models.inspect.handler(({ context, input: { name }, signal: outer }) =>
    streamOf<Inspecting>(async (emit, signal) => {
      const onProgress = (share: number): void => emit({ type: 'preparing', share });
      const resolve = () => resolveModel(name, context.core, { onProgress, signal });
      const { id, path, summary } = await besideMeasuring(context, resolve);
      emit({ type: 'inspected', model: { name: id, path, summary } });
    }, outer),
  ),
  cost: api.models.cost.handler(({ context, input: { name, batch, dims }, signal }) => {
    const { core } = context;
    const { spawn, directory } = core;
    const abort = signal ? { signal } : {};
    return besideMeasuring(context, async () => {
      const model = await resolveModel(name, core, abort);
      return resolveModelCost(model, { spawn, temporaryFolder: directory.temporary, batch, dims, ...abort });
    });
  }),
  add: api.models.add.handler(({ context: { core }, input: { path, name }, signal }) =>
    addModel(core.storage, path, { ...(name === undefined ? {} : { name }), ...(signal ? { signal } : {}) }),
  ),
  remove: api.models.remove.handler(({ context: { core }, input: { name } }) => {
    removeModel(core, name);
  }),
};
