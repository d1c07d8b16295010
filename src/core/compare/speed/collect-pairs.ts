import type { SampleSeries } from '../../../shared/domain/measurement.ts';
import { percentileOfSorted } from '../../stats/percentile-interval.ts';
import type { Block } from './conduct-blocks.ts';

/** Most stamps of one side that are kept; medians of blocks are kept all. */
const maxKept = 262_144;

/** Block medians and stamps of both sides, in order of time. */
export interface PairCollection {
  /** Takes the blocks of whole turns. */
  add(blocks: readonly Block[]): void;
  count(): number;
  medians(): { baselineNs: Float64Array; candidateNs: Float64Array };
  series(): { baseline: SampleSeries; candidate: SampleSeries };
}

export function collectPairs(): PairCollection {
  const sides = [createSide(), createSide()] as const;
  return {
    add(blocks) {
      for (const block of blocks) sides[block.side === 0 ? 0 : 1].add(block);
    },
    count: () => Math.min(sides[0].medians.length, sides[1].medians.length),
    medians: () => ({
      baselineNs: Float64Array.from(sides[0].medians),
      candidateNs: Float64Array.from(sides[1].medians),
    }),
    series: () => ({ baseline: sides[0].series(), candidate: sides[1].series() }),
  };
}

function createSide() {
  const medians: number[] = [];
  const kept: Block[] = [];
  let stamps = 0;
  const join = (pick: (block: Block) => Float64Array): Float64Array => {
    const joined = new Float64Array(stamps);
    let offset = 0;
    for (const block of kept) {
      joined.set(pick(block), offset);
      offset += pick(block).length;
    }
    return joined;
  };
  return {
    medians,
    add(block: Block): void {
      const latencies = block.completedNs.map((completed, query) => completed - block.issuedNs[query]!);
      medians.push(percentileOfSorted(latencies.sort(), 50));
      if (stamps + block.issuedNs.length > maxKept) return;
      kept.push(block);
      stamps += block.issuedNs.length;
    },
    series: (): SampleSeries => ({
      scheduledNs: null,
      issuedNs: join((block) => block.issuedNs),
      completedNs: join((block) => block.completedNs),
    }),
  };
}
