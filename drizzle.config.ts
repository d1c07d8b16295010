import { defineConfig } from 'drizzle-kit';

/**
 * `drizzle-kit generate` drafts the next migration. Before it is committed, every CREATE TABLE in it is given
 * STRICT by hand (drizzle-kit has no word for it); a migration that was released is never edited.
 */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/core/storage/schema.ts',
  out: './resources/migrations',
});
