import type { ProviderId } from '../../shared/domain/provider.ts';
import type { DescribedDevice } from './webgpu-adapter.ts';

/** Why a provider cannot be used here, in words for programs and for people. */
export interface ProviderFailure {
  /** Stable word, e.g. "missing-library". */
  cause: string;
  reason: string;
  remedy: string | null;
}

/** What the application knows of one execution provider of ONNX Runtime; everything else about it is probed. */
export interface ExecutionProvider {
  id: ProviderId;
  /** Where the npm package has it, as text for people. */
  platforms: string;
  supports(platform: NodeJS.Platform, arch: string): boolean;
  /** Entry of `executionProviders`; the device id means what the provider says (CUDA ordinal, DXGI adapter index). */
  sessionEntry(deviceId: number): { name: string } & Record<string, unknown>;
  /** Precisions that have kernels of their own here, so that a variant can gain speed. */
  gainsFrom: readonly ('fp32' | 'fp16' | 'int8' | 'int4')[];
  /** What ran the probe, asked in its process when a session has run. */
  describeDevice(deviceId: number): DescribedDevice | Promise<DescribedDevice>;
  /**
   * What a session works with besides what it was handed: defaults of ONNX Runtime that the binding does not reach, as
   * the environment leaves them. Stored with each result.
   */
  resolveOptions(deviceId: number, environment: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /** Reads thrown text and standard error; null when nothing is recognized. */
  explain(thrown: string, stderr: string): ProviderFailure | null;
}

/** Registers a provider. */
export function defineProvider(provider: ExecutionProvider): ExecutionProvider {
  return provider;
}
