/** Writes the published JSON schemas from the ones that the code checks with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { toCommandJsonSchema } from '../src/cli/output/documents.ts';
import { toRunExportJsonSchema } from '../src/core/report/run-export.ts';
import { packageRoot } from '../src/core/resources.ts';

const schemas = {
  'run-export.v1.schema.json': toRunExportJsonSchema(),
  'cli.v1.schema.json': toCommandJsonSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  const target = join(packageRoot, 'docs', 'schemas', name);
  // Formatted as "npm run format" would, so that the two do not undo each other.
  writeFileSync(target, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
}
