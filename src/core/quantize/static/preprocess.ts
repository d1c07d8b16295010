import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { runOnce } from '../../engine-client/evaluate.ts';
import { plainSession } from '../../engine-client/session-config.ts';
import { withFileFailures } from '../../onnx/output-file.ts';
import { readModel, type LoadedModel } from '../../onnx/read.ts';
import { allNodes, toDomain } from '../../onnx/walk.ts';
import { nameInlined } from './name-inlined.ts';

export interface PreprocessPorts {
  spawn: SpawnEngine;
  temporaryFolder: string;
  signal?: AbortSignal;
}

/** A simplified model in a temporary folder; disposing removes it. */
export interface Simplified extends AsyncDisposable {
  loaded: LoadedModel;
  /** Of the parts of operators that were taken apart, by their names: the operator. */
  wholes: ReadonlyMap<string, string>;
  /** Reads it again, for whoever changes what was read. */
  readAgain(): Promise<LoadedModel>;
}

/**
 * Lets ONNX Runtime simplify a model without changing what it computes: normalizations become part of convolutions,
 * constants are computed, nodes without effect go. Only standard operators come out, the same on every processor.
 * ConstantSharing is off, as in ONNX Runtime's own quantizer, because it renames constants. The source is only read.
 * Throws STORAGE_FULL, STORAGE_UNUSABLE and what ONNX Runtime says of the model.
 */
export async function simplify(source: LoadedModel, ports: PreprocessPorts): Promise<Simplified> {
  const prefix = path.join(ports.temporaryFolder, `simplified-${process.pid}-`);
  const folder = await withFileFailures(ports.temporaryFolder, mkdtemp(prefix));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const target = path.join(folder, 'model.onnx');
    const session = plainSession(source.path, {
      graphOptimization: 'basic',
      keys: {
        'optimization.disable_specified_optimizers': 'ConstantSharing',
        // Beside the model: ONNX Runtime needs less memory to write them, and there is no limit of 2 GiB.
        'session.optimized_model_external_initializers_file_name': 'model.onnx.data',
        'session.optimized_model_external_initializers_min_size_in_bytes': '1024',
      },
    });
    await runOnce(ports.spawn, { kind: 'optimize', session, target }, ports.signal ? { signal: ports.signal } : {});
    const read = async () => {
      const loaded = await readModel(target, ports.signal ? { signal: ports.signal } : {});
      restoreFacts(loaded, source);
      return { loaded, wholes: nameInlined(loaded.graph, source.graph) };
    };
    const readAgain = async (): Promise<LoadedModel> => (await read()).loaded;
    return { ...(await read()), readAgain, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** ONNX Runtime imports every domain it knows, and leaves out some of what the file says of itself. */
function restoreFacts({ model }: LoadedModel, source: LoadedModel): void {
  const known = new Set(source.model.opsetImport.map(({ domain }) => toDomain(domain)));
  for (const node of allNodes(model)) known.add(toDomain(node.domain));
  model.opsetImport = model.opsetImport.filter(({ domain }) => known.has(toDomain(domain)));
  const { producerName, producerVersion, domain, modelVersion, docString, metadataProps } = source.model;
  Object.assign(model, { producerName, producerVersion, domain, modelVersion, docString, metadataProps });
}
