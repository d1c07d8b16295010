import type { Kernels } from '../../../../shared/domain/comparison.ts';

export type KernelClass = Kernels['operators'][number]['class'];

/** Less of the time than this is not worth a word. */
const leastShare = 0.001;

/** Share of the time by the class of the kernels, the largest first. */
export function summarizeKernels({ operators }: Kernels): { kernelClass: KernelClass; share: number }[] {
  const shares = new Map<KernelClass, number>();
  for (const { class: kernelClass, share } of operators) {
    shares.set(kernelClass, (shares.get(kernelClass) ?? 0) + share);
  }
  return [...shares]
    .map(([kernelClass, share]) => ({ kernelClass, share }))
    .filter(({ share }) => share >= leastShare)
    .sort((one, other) => other.share - one.share);
}
