import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { InputHint } from './input-hints.ts';

/** What one sample has in common over all its inputs. */
export interface SampleContext {
  /** Share of the sequence that is real, the rest is padding at the end; 1 where a cache leaves no room for padding. */
  filled: number;
  /** Steps that the cache already holds. */
  pastLength: number;
  /** Steps of a full sequence without the cached ones. */
  sequenceLength: number;
}

/** Fills one sample of an input. `dims` are those of the sample, without the batch. */
export function fillSample(
  values: Float32Array,
  dims: readonly number[],
  hint: InputHint,
  context: SampleContext,
  draw: Draw,
): void {
  switch (hint.kind) {
    case 'tokens':
      return fillSequence(values, dims, context, (real) => (real ? tokenId(hint.vocabulary, draw) : 0));
    case 'mask':
      return dims.length === 1 ? fillSequence(values, dims, context, (real) => (real ? 1 : 0)) : void values.fill(1);
    case 'segments':
      return fillSegments(values, hint.count, draw);
    case 'positions':
      return fillPositions(values, dims, hint.limit, context.pastLength);
    case 'lengths':
      return void values.fill(Math.max(0, context.pastLength + context.sequenceLength - hint.less));
    case 'image':
      return fillImage(values, dims, hint.channels, draw);
    case 'normal':
      return fillNormal(values, hint.deviation, draw);
    case 'cache':
      return fillNormal(values, CACHE_DEVIATION, draw);
    case 'integers':
      return fillIntegers(values, hint.below, draw);
  }
}

/** Cached keys and values of trained models are of this order; zeros would make multiplications cheaper than real. */
const CACHE_DEVIATION = 0.3;
const WAVES = 4;
const NOISE = 0.15;
const NORMAL_TABLE = 1 << 16;

/** Random draws from one seeded generator. */
export interface Draw {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** Standard normal, from a table of 65,536 draws: one generator step a value instead of a logarithm and a cosine. */
  normal(): number;
}

export function createDraw(generator: RandomGenerator): Draw {
  const uniform = (): number => (generator.next() >>> 0) / 2 ** 32;
  const table = new Float32Array(NORMAL_TABLE);
  for (let index = 0; index < NORMAL_TABLE; index += 2) {
    // Box-Muller; 1 - u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    table[index] = radius * Math.cos(angle);
    table[index + 1] = radius * Math.sin(angle);
  }
  return {
    uniform,
    below: (limit) => Math.floor(uniform() * limit),
    // The high bits: the low ones of this generator are weaker.
    normal: () => table[generator.next() >>> 16] ?? 0,
  };
}

function tokenId(vocabulary: number, draw: Draw): number {
  return vocabulary < 2 ? 0 : 1 + draw.below(vocabulary - 1);
}

function fillSequence(
  values: Float32Array,
  dims: readonly number[],
  context: SampleContext,
  element: (real: boolean) => number,
): void {
  const length = dims.at(-1) ?? 1;
  const real = Math.max(1, Math.round(length * context.filled));
  for (let index = 0; index < values.length; index++) values[index] = element(index % length < real);
}

function fillSegments(values: Float32Array, count: number, draw: Draw): void {
  if (count > 1) values.fill(1, Math.round(values.length * (0.3 + 0.4 * draw.uniform())));
}

function fillPositions(values: Float32Array, dims: readonly number[], limit: number, start: number): void {
  const length = dims.at(-1) ?? 1;
  for (let index = 0; index < values.length; index++) values[index] = Math.min(limit - 1, start + (index % length));
}

function fillIntegers(values: Float32Array, below: number, draw: Draw): void {
  for (let index = 0; index < values.length; index++) values[index] = draw.below(below);
}

function fillNormal(values: Float32Array, deviation: number, draw: Draw): void {
  for (let index = 0; index < values.length; index++) values[index] = deviation * draw.normal();
}

/**
 * A few waves of low frequency in each channel plus noise, mean about 0 and deviation about 1. White noise would be
 * unlike any picture: random networks answer it with nearly the same output whatever the noise.
 */
function fillImage(values: Float32Array, dims: readonly number[], layout: 'first' | 'last', draw: Draw): void {
  const [channels, height, width] = layout === 'first' ? dims : [dims[2], dims[0], dims[1]];
  if (channels === undefined || height === undefined || width === undefined) return fillNormal(values, 1, draw);
  const pixelStep = layout === 'first' ? 1 : channels;
  for (let channel = 0; channel < channels; channel++) {
    const offset = 0.5 * draw.normal();
    const rows = Array.from({ length: WAVES }, () => wave(height, 1.6 / Math.sqrt(WAVES), draw));
    const columns = Array.from({ length: WAVES }, () => wave(width, 1, draw));
    let at = layout === 'first' ? channel * height * width : channel;
    for (let y = 0; y < height; y++) {
      const weights = rows.map((row) => row[y] ?? 0);
      const line = new Float32Array(width).fill(offset);
      columns.forEach((column, index) => addScaled(line, column, weights[index] ?? 0));
      for (let x = 0; x < width; x++) {
        values[at] = (line[x] ?? 0) + NOISE * draw.normal();
        at += pixelStep;
      }
    }
  }
}

/** Half a period to four periods over the length. */
function wave(length: number, amplitude: number, draw: Draw): Float32Array {
  const frequency = (Math.PI * (1 + 7 * draw.uniform())) / Math.max(1, length);
  const phase = 2 * Math.PI * draw.uniform();
  return Float32Array.from({ length }, (_, index) => amplitude * Math.cos(frequency * index + phase));
}

function addScaled(line: Float32Array, column: Float32Array, weight: number): void {
  for (let x = 0; x < line.length; x++) line[x] = (line[x] ?? 0) + weight * (column[x] ?? 0);
}
