/** Writes the published JSON schema of an exported run from the one that the code checks with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { toRunExportJsonSchema } from '../src/core/report/run-export.ts';
import { packageRoot } from '../src/core/resources.ts';

const target = join(packageRoot, 'docs', 'schemas', 'run-export.v1.schema.json');
// Formatted as "npm run format" would, so that the two do not undo each other.
writeFileSync(target, await format(JSON.stringify(toRunExportJsonSchema()), { parser: 'json', printWidth: 120 }));
