import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** One mebibyte of float32, the size in which the writer passes data on without copying. */
const CHUNK_ELEMENTS = 1 << 18;
const TABLE_SIZE = 1 << 16;

/** Share of the normal distribution below -2, where BERT, ViT and others cut the one that they are initialised from. */
const BEYOND_CUT = 0.022750131948179;

/**
 * A distribution as 65,536 equally likely values. Looking a value up costs a tenth of computing it, which is what makes
 * 124 million weights a matter of a second.
 */
function quantiles(lowest: number, highest: number): Float32Array {
  const step = (highest - lowest) / TABLE_SIZE;
  return Float32Array.from({ length: TABLE_SIZE }, (_, index) => normalQuantile(lowest + (index + 0.5) * step, 0, 1));
}

let normals: Float32Array | undefined;
let weights: Float32Array | undefined;

function normalTable(): Float32Array {
  normals ??= quantiles(0, 1);
  return normals;
}

/** The normal distribution without what lies beyond the cut, stretched to a standard deviation of 1. */
function weightTable(): Float32Array {
  if (weights) return weights;
  const cut = quantiles(BEYOND_CUT, 1 - BEYOND_CUT);
  const deviation = Math.sqrt(cut.reduce((sum, value) => sum + value * value, 0) / cut.length);
  weights = cut.map((value) => value / deviation);
  return weights;
}

/** A generator whose stream depends on nothing but the seed and the name. */
export function createKeyedGenerator(seed: number, name: string): RandomGenerator {
  const digest = createHash('sha256').update(`${seed}/${name}`).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

/** A stream of standard normal values that depends on nothing but the seed and the name. */
export function createRandomNormals(seed: number, name: string): () => number {
  const generator = createKeyedGenerator(seed, name);
  const values = normalTable();
  return () => values[generator.next() & (TABLE_SIZE - 1)]!;
}

/** How the elements of a weight map to channels: `run` neighbours belong to one channel, then comes the next. */
export interface ChannelScale {
  /** Factor per channel. */
  scale: Float32Array;
  /** 1 where the channel is the last axis; the number of elements behind the channel axis where it is the first. */
  run: number;
}

/**
 * Weights of mean 0 from a truncated normal distribution, scaled per channel, in chunks that share one buffer. Without
 * the tails an 8-bit grid, which has to span the largest weight, is a third finer for all others.
 */
export function* seededWeights(
  seed: number,
  name: string,
  count: number,
  channels: ChannelScale,
): Iterable<Uint8Array> {
  const generator = createKeyedGenerator(seed, name);
  const values = weightTable();
  const { scale, run } = channels;
  const buffer = new Float32Array(Math.min(CHUNK_ELEMENTS, count));
  let channel = 0;
  let left = run;
  let bits = 0;
  for (let done = 0; done < count; done += buffer.length) {
    const size = Math.min(buffer.length, count - done);
    for (let index = 0; index < size; index++) {
      // Each draw of 32 bits serves two elements; chunks have an even length, so pairs never straddle them.
      bits = (index & 1) === 0 ? generator.next() : bits >>> 16;
      buffer[index] = values[bits & (TABLE_SIZE - 1)]! * scale[channel]!;
      if (--left === 0) {
        left = run;
        channel = channel + 1 === scale.length ? 0 : channel + 1;
      }
    }
    yield new Uint8Array(buffer.buffer, 0, size * 4);
  }
}
