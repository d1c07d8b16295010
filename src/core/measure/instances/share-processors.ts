/** Which processors each of several engines gets, and with how many threads it computes there. */
export interface ProcessorShares {
  /** Logical processors of each engine, no one in two of them; empty lists where they have to share or none are known. */
  processors: number[][];
  /** Threads of each engine; 0 = ONNX Runtime's default, where no processors are known. */
  threads: number;
  /** More threads than processors. */
  oversubscribed: boolean;
}

/**
 * Divides the processors of a machine, given by physical core, among engines: whole cores first, so that two engines do
 * not meet on one core; logical processors where there are more engines, or threads of them, than that gives. Without
 * a number of threads each engine gets one thread for each of its cores.
 */
export function shareProcessors(
  cores: readonly (readonly number[])[],
  engines: number,
  threads: number,
): ProcessorShares {
  const all = Array.from({ length: engines }, () => [] as number[]);
  const processors = cores.reduce((sum, core) => sum + core.length, 0);
  if (processors === 0) return { processors: all, threads, oversubscribed: false };
  const wholeCores = Math.floor(cores.length / engines);
  const wanted = threads > 0 ? threads : Math.max(1, wholeCores);
  if (engines * wanted > processors) return { processors: all, threads: wanted, oversubscribed: true };

  const byCore = all.map((_, engine) => cores.slice(engine * wholeCores, (engine + 1) * wholeCores));
  if (byCore.every((own) => own.flat().length >= wanted)) {
    return { processors: byCore.map(firstThreadsFirst), threads: wanted, oversubscribed: false };
  }
  // Neighbours of one core go to one engine here as well, as far as they can.
  const line = cores.flat();
  const each = Math.floor(processors / engines);
  return {
    processors: all.map((_, engine) => line.slice(engine * each, (engine + 1) * each)),
    threads: wanted,
    oversubscribed: false,
  };
}

/** One thread of every core before the second threads of cores. */
function firstThreadsFirst(cores: readonly (readonly number[])[]): number[] {
  return [...cores.flatMap(([first]) => first ?? []), ...cores.flatMap(([, ...others]) => others)];
}
