import type { ProfiledNode } from '../../../engine/protocol.ts';
import type { Kernels } from '../../../shared/domain/comparison.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { readModel } from '../../onnx/read.ts';
import { measureProducts, readGraphFacts, type GraphFacts, type ProductSizes } from './graph-facts.ts';
import { matchNodes } from './match-nodes.ts';
import { profileModel, type ModelProfile, type ProfileModelOptions } from './profile-model.ts';
import { classifyNode, readKernels } from './read-kernels.ts';

/** What is known of one side besides its speed. */
export interface ExaminedSide {
  facts: GraphFacts;
  /** null where the profile failed, for the reason in `remark`. */
  kernels: Kernels | null;
  /** null without an optimized graph. */
  products: ProductSizes | null;
  remark: string | null;
}

/**
 * Reads a model, profiles it as it is compared and says which kernels ran. A profile that fails is a remark, since
 * speed and quality do not need it. Throws MODEL_* where the file cannot be read, CANCELLED, and STORAGE_*.
 */
export async function examineSide(options: ProfileModelOptions): Promise<ExaminedSide> {
  const source = await readModel(options.session.modelPath, options.signal ? { signal: options.signal } : {});
  const facts = readGraphFacts(source);
  let profile: ModelProfile;
  try {
    profile = await profileModel(options);
  } catch (error) {
    if (!(error instanceof InferometerError) || error.code === 'CANCELLED' || error.code.startsWith('STORAGE'))
      throw error;
    const remark = `Which kernels run is not known, because profiling failed: ${error.message}`;
    return { facts, kernels: null, products: null, remark };
  }
  const { graph } = profile;
  const matched = graph === null ? new Map<NodeProto, ProfiledNode>() : matchNodes(graph, profile.profile.nodes);
  return {
    facts,
    kernels: readKernels(profile, source.graph),
    products: graph === null ? null : measureProducts(graph, matched, (node) => classifyNode(node, matched.get(node))),
    remark:
      graph === null
        ? 'The provider cannot write its graph, so conversions around float operators are not known.'
        : null,
  };
}
