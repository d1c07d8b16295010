/** Exclusions that are taken back one by one at the end, at most. */
const mostReturned = 12;

/**
 * Finds the smallest exclusion that meets a bound: the shortest beginning of `ranking` (most harmful first), by doubling
 * and then halving, and of that what cannot be taken back, least harmful first. `meets` makes and judges a variant with
 * the nodes left out; [] is known not to meet. null where even the last node alone is too much.
 */
export async function searchExclusions(
  ranking: readonly string[],
  meets: (left: readonly string[]) => Promise<boolean>,
): Promise<string[] | null> {
  let failing = 0;
  let meeting: number | null = null;
  // Leaving all of them would be no variant.
  const most = ranking.length - 1;
  for (let size = 1; failing < most; size *= 2) {
    const tried = Math.min(size, most);
    if (await meets(ranking.slice(0, tried))) {
      meeting = tried;
      break;
    }
    failing = tried;
  }
  if (meeting === null) return null;
  while (meeting - failing > 1) {
    const middle = Math.floor((failing + meeting) / 2);
    if (await meets(ranking.slice(0, middle))) meeting = middle;
    else failing = middle;
  }
  return takeBack(ranking.slice(0, meeting), meets);
}

/** The last one is needed, as the search has shown; the others may only have stood before it. */
async function takeBack(
  left: readonly string[],
  meets: (left: readonly string[]) => Promise<boolean>,
): Promise<string[]> {
  let kept = [...left];
  for (const node of left.slice(0, -1).toReversed().slice(0, mostReturned)) {
    const without = kept.filter((one) => one !== node);
    if (await meets(without)) kept = without;
  }
  return kept;
}
