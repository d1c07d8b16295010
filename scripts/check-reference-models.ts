/**
 * Builds reference models into a folder and reports what the tests do not have the time for: build time, memory, size,
 * and whether outputs depend on inputs. Usage: node scripts/check-reference-models.ts <folder> [id ...]
 */
import { buildReferenceModel } from '../src/core/models/building/build-reference-model.ts';
import { findReferenceModel, referenceModels } from '../src/core/models/registry.ts';
import { inputDependence } from '../test/support/input-dependence.ts';
import { evaluateGraph } from '../test/support/evaluate-graph.ts';

const [folder, ...ids] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder to build into.');
const models =
  ids.length === 0
    ? referenceModels
    : ids.map((id) => {
        const model = findReferenceModel(id);
        if (!model) throw new Error(`There is no reference model "${id}".`);
        return model;
      });

for (const model of models) {
  const start = performance.now();
  const built = await buildReferenceModel(model, folder, { evaluateGraph });
  const seconds = (performance.now() - start) / 1000;
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ id: model.id, seconds, sizeBytes: built.sizeBytes, sha256: built.sha256, peakMb }));
  console.log(JSON.stringify({ id: model.id, ...(await inputDependence(model, built.path, 64)) }));
}
