import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { commandDocumentSchema, toCommandJsonSchema } from '../../../src/cli/output/documents.ts';
import { packageRoot } from '../../../src/core/resources.ts';
import { failureCodeSchema } from '../../../src/shared/errors.ts';

it('the published schema is the one that the code checks with', () => {
  const published = readFileSync(path.join(packageRoot, 'docs', 'schemas', 'cli.v1.schema.json'), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(toCommandJsonSchema())));
});

it('a document is refused when its data belongs to another command', () => {
  const data = { name: 'tiny' };
  expect(commandDocumentSchema.safeParse({ schemaVersion: 1, command: 'models remove', ok: true, data }).success).toBe(
    true,
  );
  expect(commandDocumentSchema.safeParse({ schemaVersion: 1, command: 'detect', ok: true, data }).success).toBe(false);
});

it('every failure code is documented', () => {
  const text = readFileSync(path.join(packageRoot, 'docs', 'errors.md'), 'utf8');
  const documented = [...text.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
  expect(documented.toSorted()).toEqual([...failureCodeSchema.options, 'INTERNAL'].toSorted());
});
