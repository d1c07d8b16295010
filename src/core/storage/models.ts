import { asc, eq } from './drizzle.ts';
import { z } from 'zod';
import { sha256Schema } from '../../shared/domain/ids.ts';
import { modelSummarySchema } from '../../shared/domain/model.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { notFound, parseStored, toStoredTime } from './rows.ts';
import { models } from './schema.ts';

/** A model that a plan can name. `path` is absolute or relative to the models folder, as its writer decides. */
const modelRecordSchema = z.object({
  name: z.string().min(1),
  path: z.string().min(1),
  sha256: sha256Schema,
  kind: z.enum(['reference', 'imported', 'quantized']),
  addedAt: z.string(),
  summary: modelSummarySchema,
});
export type ModelRecord = z.infer<typeof modelRecordSchema>;

export interface ModelRepository {
  /** Throws USAGE when the name is taken. */
  add(model: ModelRecord): void;
  /** Throws NOT_FOUND. */
  get(name: string): ModelRecord;
  /** By name. */
  list(): ModelRecord[];
  /** Forgets the model; its file is the caller's to delete. Throws NOT_FOUND. */
  remove(name: string): void;
}

export function createModelRepository(database: Database): ModelRepository {
  const { orm } = database;
  return {
    add(model) {
      const { summary, ...columns } = modelRecordSchema.parse(model);
      const row = { ...columns, addedAt: toStoredTime(columns.addedAt), summary: JSON.stringify(summary) };
      const { changes } = database.write(() => orm.insert(models).values(row).onConflictDoNothing().run());
      if (changes === 0) throw nameTaken(model.name);
    },
    get(name) {
      const row = database.read(() => orm.select().from(models).where(eq(models.name, name)).get());
      if (row === undefined) throw notFound(`model "${name}"`);
      return toModelRecord(row);
    },
    list: () => database.read(() => orm.select().from(models).orderBy(asc(models.name)).all()).map(toModelRecord),
    remove(name) {
      const { changes } = database.write(() => orm.delete(models).where(eq(models.name, name)).run());
      if (changes === 0) throw notFound(`model "${name}"`);
    },
  };
}

function toModelRecord(row: typeof models.$inferSelect): ModelRecord {
  return {
    ...row,
    sha256: sha256Schema.parse(row.sha256),
    kind: modelRecordSchema.shape.kind.parse(row.kind),
    summary: parseStored(modelSummarySchema, row.summary, `model "${row.name}"`),
  };
}

function nameTaken(name: string): InferometerError {
  return new InferometerError({
    code: 'USAGE',
    message: `A model named "${name}" exists already.`,
    remedy: 'Choose another name, or remove the stored model first.',
    data: { name },
  });
}
