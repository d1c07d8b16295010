import { describe, expect, it } from 'vitest';
import {
  searchPlaces,
  type Place,
  type RankedPlace,
  type Score,
} from '../../../src/core/measure/search/tune-rounds.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';

/** One column of a made-up machine: latency grows with the batch, and beyond the cache faster than it should. */
interface Column {
  /** Work of a query whatever its batch, ms. */
  fixedMs: number;
  perSampleMs: number;
  /** Batch at which the activations leave the cache, and how much slower a sample is from there on. */
  cacheBatch: number;
  cachePenalty: number;
  instances: number;
}

const batches = [1, 2, 4, 8, 16, 32, 64, 128];

function latencyMs(column: Column, batch: number): number {
  const outside = Math.max(0, batch - column.cacheBatch) / batch;
  return column.fixedMs + column.perSampleMs * batch * (1 + outside * column.cachePenalty);
}

function throughput(column: Column, batch: number): number {
  return (column.instances * batch * 1000) / latencyMs(column, batch);
}

type Random = ReturnType<typeof createSeededRandom>;

function uniform(random: Random, low: number, high: number): number {
  return low + ((high - low) * (random.next() >>> 0)) / 2 ** 32;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(uniform(random, 1e-9, 1))) * Math.cos(2 * Math.PI * uniform(random, 0, 1));
}

function makeColumns(random: Random): Column[] {
  const fixedMs = uniform(random, 0.02, 2);
  const perSampleMs = Math.exp(uniform(random, Math.log(0.005), Math.log(20)));
  const cacheBatch = uniform(random, 2, 200);
  const cachePenalty = uniform(random, 0, 0.8);
  // One thread, two threads that are not twice as fast, two instances that disturb each other.
  const gains = [1, uniform(random, 0.7, 1.9), 1 / uniform(random, 1, 1.6)];
  return gains.map((gain, index) => ({
    fixedMs: fixedMs * uniform(random, 0.9, 1.3),
    perSampleMs: perSampleMs / gain,
    cacheBatch: index === 2 ? cacheBatch / 2 : cacheBatch,
    cachePenalty,
    instances: index === 2 ? 2 : 1,
  }));
}

interface Found {
  place: RankedPlace | undefined;
  shortTrials: number;
  longTrials: number;
}

/** Answers every round with noise that is smaller in long trials, on a machine that slows down by 5 % meanwhile. */
function search(columns: readonly Column[], limitMs: number | null, random: Random, noise: number): Found {
  const rounds = searchPlaces(
    columns.map(() => batches.length),
    random,
  );
  let trials = 0;
  let shortTrials = 0;
  const answer = ({ column, batch }: Place, sigma: number): Score => {
    const drift = 1 - 0.05 * Math.min(1, trials++ / 20);
    const factor = drift * Math.exp(sigma * normal(random));
    const excess = limitMs === null ? 0 : latencyMs(columns[column]!, batches[batch]!) / factor / limitMs;
    if (excess > 1) return { standing: 'misses', value: -Math.log(excess) };
    return { standing: 'keeps', value: Math.log(throughput(columns[column]!, batches[batch]!) * factor) };
  };
  let step = rounds.next();
  while (step.done !== true) {
    const { places, length } = step.value;
    if (length === 'short') shortTrials += places.length;
    const sigma = length === 'short' ? noise : noise / 2;
    step = rounds.next(places.map((place) => answer(place, sigma)));
  }
  return { place: step.value[0], shortTrials, longTrials: trials - shortTrials };
}

/** Noise decides about what lies so close to the limit; the best of what lies further below it is what is looked for. */
const margin = 0.08;

/** How much of the best that keeps the limit the search found, for every seed. */
function simulate(seeds: number, noise: number, limit: (columns: readonly Column[]) => number | null) {
  return Array.from({ length: seeds }, (_, seed) => {
    const random = createSeededRandom(seed);
    const columns = makeColumns(random);
    const limitMs = limit(columns);
    const all = columns.flatMap((column) =>
      batches.flatMap((batch) =>
        limitMs !== null && latencyMs(column, batch) > limitMs * (1 - margin) ? [] : [throughput(column, batch)],
      ),
    );
    const { place, ...trials } = search(columns, limitMs, random, noise);
    const column = place === undefined ? undefined : columns[place.column];
    return { share: throughput(column!, batches[place!.batch]!) / Math.max(...all), place, ...trials };
  });
}

function shareWithin(results: readonly { share: number }[], distance: number): number {
  return results.filter(({ share }) => share >= 1 - distance).length / results.length;
}

describe('a search over a noisy surface', () => {
  it('comes within 5 % of the best of all in at least 95 of 100 cases, with 3 % of noise and a machine that slows down', () => {
    const results = simulate(400, 0.03, () => null);
    expect(shareWithin(results, 0.05)).toBeGreaterThanOrEqual(0.95);
  });

  it('takes at most a quarter of the time of measuring everything, the winner and the defaults in full included', () => {
    const results = simulate(400, 0.03, () => null);
    // A quick measurement takes 15 s, a trial 2 and a long one 3 s, which is what they take of fast models here.
    const fullS = 15;
    const shares = results.map(
      ({ shortTrials, longTrials }) => (2 * shortTrials + 3 * longTrials + 2 * fullS) / (3 * batches.length * fullS),
    );
    expect(shares.filter((share) => share <= 0.25).length / shares.length).toBeGreaterThanOrEqual(0.95);
  });

  it('keeps a limit of the latency and still comes within 5 % of the best that does', () => {
    // A limit that the fastest column keeps up to some batch.
    const results = simulate(400, 0.03, (columns) => 1.5 * Math.min(...columns.map((one) => latencyMs(one, 8))));
    expect(results.every(({ place }) => place?.score.standing === 'keeps')).toBe(true);
    expect(shareWithin(results, 0.05)).toBeGreaterThanOrEqual(0.95);
  });

  it('ends with what comes nearest where nothing keeps the limit', () => {
    const [result] = simulate(1, 0.01, () => 1e-6);
    expect(result?.place).toMatchObject({ batch: 0, score: { standing: 'misses' } });
  });
});

describe('the rounds', () => {
  /** Runs a search whose scores follow from the place alone. */
  function places(sizes: readonly number[], score: (place: Place) => Score, seed = 1) {
    const rounds = searchPlaces(sizes, createSeededRandom(seed));
    const tried: Place[] = [];
    let step = rounds.next();
    while (step.done !== true) {
      if (step.value.length === 'short') tried.push(...step.value.places);
      step = rounds.next(step.value.places.map(score));
    }
    return { tried, ranking: step.value };
  }

  it('are the same for the same seed, and in another order for another', () => {
    const byBatch = ({ batch }: Place): Score => ({ standing: 'keeps', value: batch });
    expect(places([8, 8, 8, 8], byBatch).tried).toEqual(places([8, 8, 8, 8], byBatch).tried);
    const orders = Array.from({ length: 8 }, (_, seed) => JSON.stringify(places([8, 8, 8, 8], byBatch, seed).tried));
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('never try a place twice with short trials', () => {
    const { tried } = places([8, 8, 8], ({ column, batch }) => ({
      standing: 'keeps',
      value: column - (batch - 5) ** 2,
    }));
    expect(new Set(tried.map((place) => JSON.stringify(place))).size).toBe(tried.length);
  });

  it('look for smaller batches only where one failed or is too slow', () => {
    const { tried, ranking } = places([8], ({ batch }) =>
      batch >= 2 ? { standing: 'useless', value: Number.NEGATIVE_INFINITY } : { standing: 'keeps', value: batch },
    );
    expect(Math.max(...tried.map(({ batch }) => batch))).toBe(3);
    expect(ranking[0]).toMatchObject({ batch: 1, score: { standing: 'keeps' } });
  });

  it('give up a column that is far behind after more than one look', () => {
    const { tried } = places([8, 8], ({ column, batch }) => ({ standing: 'keeps', value: 10 * column + batch / 100 }));
    expect(tried.filter(({ column }) => column === 0).length).toBeLessThan(
      tried.filter(({ column }) => column === 1).length,
    );
  });

  it('halve many columns until two are left', () => {
    const { tried } = places(
      Array.from({ length: 16 }, () => 6),
      ({ column, batch }) => ({ standing: 'keeps', value: column / 100 + batch / 1000 }),
    );
    expect(tried.length).toBeLessThan((16 * 6) / 2);
    expect(tried.some(({ column, batch }) => column === 15 && batch === 5)).toBe(true);
  });

  it('try what chance may have parted again for longer, as far as the trials themselves say', () => {
    const rounds = (reach: number): number => {
      const search = searchPlaces([4], createSeededRandom(1));
      let long = 0;
      let step = search.next();
      while (step.done !== true) {
        if (step.value.length === 'long') long += step.value.places.length;
        step = search.next(step.value.places.map(({ batch }) => ({ standing: 'keeps', value: batch / 5, reach })));
      }
      return long;
    };
    expect(rounds(0.01)).toBe(0);
    expect(rounds(0.11)).toBe(2);
  });

  it('are none for a space without places', () => {
    expect(places([], () => ({ standing: 'keeps', value: 0 })).ranking).toEqual([]);
  });
});
