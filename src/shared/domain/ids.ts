import { z } from 'zod';

/** One execution of a plan; what `results`, `export` and `--resume` take. Sortable by time of start. */
export const runIdSchema = z
  .string()
  .regex(/^run_[0-9a-z]{16}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

/** One configuration within a run: `<run id>.<index>`. */
export const cellIdSchema = z
  .string()
  .regex(/^run_[0-9a-z]{16}\.\d+$/)
  .brand<'CellId'>();
export type CellId = z.infer<typeof cellIdSchema>;

/** One comparison of two configurations; sortable by time. */
export const comparisonIdSchema = z
  .string()
  .regex(/^cmp_[0-9a-z]{16}$/)
  .brand<'ComparisonId'>();
export type ComparisonId = z.infer<typeof comparisonIdSchema>;

/** One profile of a configuration; sortable by time. */
export const profileIdSchema = z
  .string()
  .regex(/^prf_[0-9a-z]{16}$/)
  .brand<'ProfileId'>();
export type ProfileId = z.infer<typeof profileIdSchema>;

/** SHA-256 in lower-case hexadecimal. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Sha256'>();
export type Sha256 = z.infer<typeof sha256Schema>;

export function toRunId(epochMs: number, entropy: number): RunId {
  return runIdSchema.parse(`run_${toSortableTail(epochMs, entropy)}`);
}

export function toComparisonId(epochMs: number, entropy: number): ComparisonId {
  return comparisonIdSchema.parse(`cmp_${toSortableTail(epochMs, entropy)}`);
}

export function toProfileId(epochMs: number, entropy: number): ProfileId {
  return profileIdSchema.parse(`prf_${toSortableTail(epochMs, entropy)}`);
}

/** Nine base-36 digits of milliseconds, so that ids sort by time, and seven of `entropy` (32 bits). */
function toSortableTail(epochMs: number, entropy: number): string {
  const time = Math.floor(epochMs).toString(36).padStart(9, '0').slice(-9);
  return time + (entropy >>> 0).toString(36).padStart(7, '0');
}

export function toCellId(run: RunId, index: number): CellId {
  return cellIdSchema.parse(`${run}.${index}`);
}
