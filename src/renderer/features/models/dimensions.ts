import { ORPCError } from '@orpc/client';
import type { TensorInfo } from '../../../shared/domain/model.ts';

/** Names of the sizes that inputs leave open, each once; a sum such as "past + 1" has the names of its parts. */
export function symbolsOf(inputs: readonly TensorInfo[]): string[] {
  const symbols = inputs.flatMap(({ name, dims }) =>
    (dims ?? []).flatMap((dim, axis) => {
      if (typeof dim === 'number') return [];
      return dim === '?' ? [`${name}:${axis}`] : dim.split('+').map((part) => part.trim());
    }),
  );
  return [...new Set(symbols.filter((symbol) => !/^\d+$/.test(symbol)))];
}

/** The sizes that the host asks for, where that is why it refused. */
export function readNeededDimensions(error: unknown): string[] {
  if (!(error instanceof ORPCError) || error.code !== 'DIMENSION_NEEDED') return [];
  const { data } = (error.data ?? {}) as { data?: { dimensions?: unknown } };
  return Array.isArray(data?.dimensions) ? data.dimensions.filter((name) => typeof name === 'string') : [];
}
