import type { RunSession } from '../../shared/domain/run-session.ts';

/** Seconds; null where nothing tells yet. */
export interface TimeLeft {
  /** Of the configuration that is being measured. */
  configurationS: number | null;
  planS: number | null;
}

/** What a host says that the whole plan takes. */
interface PlanEstimate {
  cells: number;
  seconds: number;
}

const nsPerS = 1e9;

/**
 * Time that a running measurement still takes: what the engine says of its own part, and the estimate for engine
 * processes and configurations that have not begun. Where the engine takes longer than was estimated, its successors
 * are expected to do so too.
 */
export function estimateTimeLeft(session: RunSession, estimate: PlanEstimate | undefined): TimeLeft {
  if (session.phase !== 'measuring') return { configurationS: null, planS: null };
  const { cells, plan } = session;
  const isRunning = cells.some(({ state }) => state === 'running');
  const waiting = cells.filter(({ state }) => state === 'pending').length;
  const estimatedCellS = estimate === undefined ? null : estimate.seconds / estimate.cells;
  const processS = longerOf(estimatedCellS === null ? null : estimatedCellS / plan.repeats, seenProcessS(session));
  const configurationS = isRunning ? configurationLeftS(session, processS) : null;
  const waitingS = waiting === 0 ? 0 : processS === null ? null : waiting * plan.repeats * processS;
  const hereS = isRunning ? configurationS : 0;
  return { configurationS, planS: hereS === null || waitingS === null ? null : hereS + waitingS };
}

/**
 * Share of the configuration that is done, by time: its measured parts in all engine processes; null before the first
 * of them has begun, since warm-up takes as long as it takes.
 */
export function shareOfConfiguration({ plan, progress }: RunSession): number | null {
  if (progress === null) return null;
  const { process, stage, elapsedNs, remainingNs } = progress;
  const here =
    stage === 'checks'
      ? 1
      : stage === 'measured' && remainingNs !== null && elapsedNs + remainingNs > 0
        ? elapsedNs / (elapsedNs + remainingNs)
        : null;
  if (here === null && process === 0) return null;
  return (process + (here ?? 0)) / plan.repeats;
}

function configurationLeftS({ plan, progress }: RunSession, processS: number | null): number | null {
  const processesAfter = plan.repeats - (progress?.process ?? 0) - 1;
  if (processesAfter > 0 && processS === null) return null;
  const afterS = processesAfter * (processS ?? 0);
  if (progress?.stage === 'checks') return afterS;
  if (progress?.stage === 'measured' && progress.remainingNs !== null) return progress.remainingNs / nsPerS + afterS;
  if (processS === null) return null;
  const elapsedS = progress?.stage === 'warm-up' ? progress.elapsedNs / nsPerS : 0;
  return Math.max(0, processS - elapsedS) + afterS;
}

/** What the engine process that runs takes for its measured part; null before it can tell. */
function seenProcessS({ progress }: RunSession): number | null {
  if (progress?.stage !== 'measured' || progress.remainingNs === null) return null;
  return (progress.elapsedNs + progress.remainingNs) / nsPerS;
}

function longerOf(estimated: number | null, seen: number | null): number | null {
  return estimated === null ? seen : Math.max(estimated, seen ?? 0);
}
