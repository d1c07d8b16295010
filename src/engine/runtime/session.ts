import { env, InferenceSession } from 'onnxruntime-node';
import type { ElementType } from '../../shared/domain/model.ts';
import type { SessionConfig } from '../protocol.ts';
import { providers } from '../providers/registry.ts';

export const onnxruntimeVersion: string = env.versions.node ?? env.versions.common;

/**
 * The options handed to ONNX Runtime for a configuration, as stored with the result. A thread count of 0 leaves
 * ONNX Runtime's default in place (one thread per physical core, pinned); setting a count drops that pinning, so
 * the affinities are then set as well where the allowed processors are known (docs/method/measurement.md, CPU).
 */
function toSessionOptions(config: SessionConfig): InferenceSession.SessionOptions {
  const extra: Record<string, string> = { ...config.keys };
  if (config.threads > 1 && config.allowedCpus.length >= config.threads) {
    // One entry for each thread but the calling one; ONNX Runtime numbers processors from 1.
    extra['session.intra_op_thread_affinities'] = config.allowedCpus
      .slice(1, config.threads)
      .map((processor) => String(processor + 1))
      .join(';');
  }
  return {
    executionProviders: [providers[config.provider].sessionEntry(config.deviceId)],
    graphOptimizationLevel: config.graphOptimization,
    executionMode: 'sequential',
    ...(config.threads > 0 ? { intraOpNumThreads: config.threads } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** A session that is released at the end of its scope. Creating one blocks the thread. */
export interface OpenSession extends AsyncDisposable {
  session: InferenceSession;
  options: InferenceSession.SessionOptions;
}

export async function openSession(
  config: SessionConfig,
  further: Pick<
    InferenceSession.SessionOptions,
    'optimizedModelFilePath' | 'enableProfiling' | 'profileFilePrefix'
  > = {},
): Promise<OpenSession> {
  const options = { ...toSessionOptions(config), ...further };
  const session = await InferenceSession.create(config.modelPath, options);
  return {
    session,
    options,
    async [Symbol.asyncDispose]() {
      await session.release();
    },
  };
}

/** Name, element type and declared shape of each value; a dimension without size or name is "?". */
export function describeValues(metadata: readonly InferenceSession.ValueMetadata[]) {
  return metadata.map((value) =>
    value.isTensor
      ? {
          name: value.name,
          type: value.type as ElementType,
          dims: value.shape.map((dim) => (typeof dim === 'number' ? dim : dim === '' ? '?' : dim)),
        }
      : { name: value.name, type: 'other' as const, dims: null },
  );
}
