import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { recipeIdSchema } from '../../shared/domain/quantization.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { adviseModel } from '../quantize/advise-model.ts';
import { listNodes } from '../quantize/list-nodes.ts';
import { makeVariant } from '../quantize/make-variant.ts';
import { describeParameters } from '../quantize/recipe/describe-parameters.ts';
import { recipes } from '../quantize/registry.ts';
import { readVariantReport } from '../quantize/variant-files.ts';
import { besideMeasuring } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

type Quantizing =
  InferContractRouterOutputs<typeof contract>['quantization']['quantize'] extends AsyncIterator<infer Message, unknown>
    ? Message
    : never;

export const quantization = {
  recipes: api.quantization.recipes.handler(() =>
    recipeIdSchema.options.map((id) => {
      const { name, summary, oldestOpset, usesCalibration, parameters } = recipes[id];
      return { id, name, summary, oldestOpset, usesCalibration, parameters: describeParameters(parameters) };
    }),
  ),
  proposals: api.quantization.proposals.handler(({ context, input: { name, provider }, signal }) => {
    const { core, knownMachine } = context;
    const abort = signal ? { signal } : {};
    return besideMeasuring(context, async () => {
      const model = await resolveModel(name, core, abort);
      const ports = { spawn: core.spawn, temporaryFolder: core.directory.temporary, machine: await knownMachine() };
      return adviseModel(model, provider, { ...ports, ...abort });
    });
  }),
  nodes: api.quantization.nodes.handler(({ context, input: { name }, signal }) => {
    const abort = signal ? { signal } : {};
    return besideMeasuring(context, async () => {
      const { path } = await resolveModel(name, context.core, abort);
      return listNodes(path, abort);
    });
  }),
  quantize: api.quantization.quantize.handler(({ context, input, signal: outer }) =>
    streamOf<Quantizing>(async (emit, signal) => {
      const made = await besideMeasuring(context, () =>
        makeVariant(context.core, input, { onProgress: (progress) => emit({ type: 'progress', ...progress }), signal }),
      );
      emit({ type: 'quantized', ...made });
    }, outer),
  ),
  report: api.quantization.report.handler(({ context: { core }, input: { name } }) => readVariantReport(core, name)),
};
