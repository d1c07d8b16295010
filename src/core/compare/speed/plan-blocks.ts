import type { BlockRequest } from '../../../engine/protocol.ts';

/** How long and how many the blocks are. */
export interface BlockRule {
  /** A block takes about this long on either side, so that what disturbs the machine meets both alike. */
  blockS: number;
  /** Fewest queries of a block, so that its median is none of a single stall or of a cold first query. */
  minQueries: number;
}

/** Queries longer than this are not repeated within a block: ten pairs would take minutes. */
const longQueryNs = 1e9;

/** Queries of one block of each side, from the medians of warm-up. */
export function planQueries(medianNs: number, { blockS, minQueries }: BlockRule): number {
  const filling = Math.ceil((blockS * 1e9) / medianNs);
  return medianNs > longQueryNs ? 1 : Math.max(minQueries, filling);
}

/** Pairs of one turn. */
const pairsPerTurn = 2;

/**
 * The blocks of a turn: baseline, candidate, candidate, baseline, and the other way round in every second turn. So
 * each side is first as often as second, and follows itself as often as the other; a drift that is linear over a turn
 * cancels. Both blocks of a pair begin with the same feed.
 */
export function planTurn(turn: number, queries: readonly [number, number]): BlockRequest[] {
  const order = turn % 2 === 0 ? [0, 1, 1, 0] : [1, 0, 0, 1];
  return order.map((side, position) => {
    const pair = turn * pairsPerTurn + Math.floor(position / 2);
    return { side, queries: side === 0 ? queries[0] : queries[1], firstFeed: pair };
  });
}
