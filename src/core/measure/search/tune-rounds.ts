import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A place in the space of a search: a column, and one of its batches in ascending order. */
export interface Place {
  column: number;
  batch: number;
}

/** Places to try together, in the order in which they are to be measured. */
export interface Round {
  places: readonly Place[];
  /** "long": few candidates that lie close together, tried again one after another so that drift hits all alike. */
  length: 'short' | 'long';
}

/**
 * What a trial says. What keeps the service level comes before what misses it, whatever the values, and "useless" last:
 * crashed, refused, or not what was asked for. `value` is a natural logarithm, larger is better: of the objective for
 * what keeps the level, of how near the limit is for what misses it.
 */
export interface Score {
  standing: 'keeps' | 'misses' | 'useless';
  value: number;
  /** How far the truth may lie from the value by what the trial itself saw; left out: not known. */
  reach?: number;
}

export interface RankedPlace extends Place {
  score: Score;
}

type Tried = Map<number, Score>;

/** Fewest columns that the first halving leaves: it has seen one batch of each. */
const firstKept = 4;
/** Fewest columns that later halvings leave, unless one is far behind. */
const laterKept = 2;
/** A column whose best batch so far is so far behind the leader is not looked at any more. */
const farBehind = Math.log(1.3);
/** What lies within this of the best is tried again for longer: scores of short trials are no closer than that. */
const closeCall = Math.log(1.08);
/** Most candidates of the long round. */
const finalists = 4;

/**
 * Looks for the place with the best score without trying all: one batch in the middle of every column, then successive
 * halving. Each round drops columns that are behind and looks in the others halfway between their best batch and the
 * nearest ones that were tried, until the neighbours of the best are known. What comes out close together is tried
 * again for longer. It takes a column to have one summit and latency to rise with the batch; docs/method/search.md says
 * what that costs where it does not hold.
 * Takes the scores of each round in the order of its places; returns every place that was tried, best first.
 */
export function* searchPlaces(
  columnSizes: readonly number[],
  random: RandomGenerator,
): Generator<Round, RankedPlace[], readonly Score[]> {
  const scores: readonly Tried[] = columnSizes.map(() => new Map());
  let columns = columnSizes.map((_, column) => column);
  for (let round = 0; ; round++) {
    const places = columns.flatMap((column) =>
      nextBatches(columnSizes[column]!, scores[column]!).map((batch) => ({ column, batch })),
    );
    if (places.length === 0) break;
    const order = shuffle(places, random);
    const answers = yield { places: order, length: 'short' };
    order.forEach(({ column, batch }, position) => scores[column]!.set(batch, answers[position]!));
    columns = keepColumns(columns, scores, round);
  }
  const ranked = rank(scores);
  const close = closeToBest(ranked);
  if (close.length < 2) return ranked;
  const order = shuffle(close, random);
  const answers = yield { places: order, length: 'long' };
  const final = order.map((place, position) => ({ ...place, score: answers[position]! }));
  // Scores of long trials rank the finalists alone: the others come after them as they were.
  return [...final.toSorted(bestFirst), ...ranked.filter((place) => !close.includes(place))];
}

/** Batches of a column to try next: its middle, then halfway from the best to what was tried on either side. */
function nextBatches(size: number, tried: Tried): number[] {
  const [summit] = [...tried].toSorted(([, left], [, right]) => compareScores(right, left));
  if (summit === undefined) return size === 0 ? [] : [Math.floor((size - 1) / 2)];
  const [batch, { standing }] = summit;
  const below = Math.max(-1, ...[...tried.keys()].filter((one) => one < batch));
  const above = Math.min(size, ...[...tried.keys()].filter((one) => one > batch));
  const lower = halfway(batch, below);
  // A larger batch takes longer and more memory: where this one is too slow or fails, so does that.
  return standing === 'keeps' ? [...lower, ...halfway(batch, above)] : lower;
}

/** The batch halfway to one that was tried, or to the end of the column; none where nothing lies between. */
function halfway(from: number, to: number): number[] {
  const distance = Math.abs(to - from);
  return distance < 2 ? [] : [from + Math.sign(to - from) * Math.floor(distance / 2)];
}

/** The better half of the columns, but not too few, and none that is far behind after more than one look. */
function keepColumns(columns: readonly number[], scores: readonly Tried[], round: number): number[] {
  const best = columns
    .flatMap((column) => {
      const score = [...scores[column]!.values()].toSorted(compareScores).at(-1);
      return score === undefined ? [] : [{ column, score }];
    })
    .toSorted((left, right) => compareScores(right.score, left.score));
  const leader = best[0]?.score;
  const fewest = round === 0 ? firstKept : laterKept;
  const isFarBehind = ({ column, score: { standing, value } }: (typeof best)[number]): boolean =>
    round > 0 &&
    leader?.standing === 'keeps' &&
    standing === 'keeps' &&
    value < leader.value - farBehind &&
    !isOpenBelowLimit(scores[column]!);
  return best
    .slice(0, Math.max(fewest, Math.ceil(columns.length / 2)))
    .filter((one) => !isFarBehind(one))
    .map(({ column }) => column);
}

/** Whether batches lie untried between one that keeps the service level and one that misses it: each is a large step. */
function isOpenBelowLimit(tried: Tried): boolean {
  const kept = [...tried].flatMap(([batch, { standing }]) => (standing === 'keeps' ? [batch] : []));
  const others = [...tried].flatMap(([batch, { standing }]) => (standing === 'keeps' ? [] : [batch]));
  return others.length > 0 && Math.min(...others) - Math.max(...kept) > 1;
}

function closeToBest(ranked: readonly RankedPlace[]): RankedPlace[] {
  const best = ranked[0]?.score;
  if (best === undefined || best.standing === 'useless') return [];
  return ranked
    .filter(
      ({ score }) => score.standing === best.standing && best.value - score.value <= distanceOfChance(best, score),
    )
    .slice(0, finalists);
}

/** A distance between two trials that chance explains. */
function distanceOfChance(one: Score, other: Score): number {
  return Math.max(closeCall, (one.reach ?? 0) + (other.reach ?? 0));
}

function rank(scores: readonly Tried[]): RankedPlace[] {
  return scores
    .flatMap((tried, column) => [...tried].map(([batch, score]) => ({ column, batch, score })))
    .toSorted(bestFirst);
}

function bestFirst(left: RankedPlace, right: RankedPlace): number {
  return compareScores(right.score, left.score);
}

const standings = ['useless', 'misses', 'keeps'] as const satisfies readonly Score['standing'][];

/** Above 0 where the left one is better. */
function compareScores(left: Score, right: Score): number {
  return standings.indexOf(left.standing) - standings.indexOf(right.standing) || left.value - right.value;
}

/** Fisher and Yates. The same generator gives the same order. */
function shuffle<T>(items: readonly T[], random: RandomGenerator): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = (random.next() >>> 0) % (last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
