import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';

const eslint = new ESLint({ cwd: packageRoot });

/** Rules that a text breaks when it stands in the first file of a folder (a real file, because the rules need types). */
async function brokenRules(folder: string, text: string): Promise<(string | null)[]> {
  const name = readdirSync(join(packageRoot, folder)).find((file) => file.endsWith('.ts'));
  if (name === undefined) throw new Error(`${folder} has no file to stand in for`);
  const results = await eslint.lintText(text, { filePath: join(packageRoot, folder, name) });
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
}

describe('the house rules of ESLint', () => {
  it.each([
    ['export const now = Date.now();', 'no-restricted-properties'],
    ['export const now = performance.now();', 'no-restricted-properties'],
    ['export const chance = Math.random();', 'no-restricted-properties'],
    ['export const today = new Date();', 'no-restricted-syntax'],
  ])('keep statistics pure: %s', async (text, rule) => {
    expect(await brokenRules('src/core/stats', text)).toEqual([rule]);
    expect(await brokenRules('src/core/storage', text)).toEqual([]);
  });

  it.each([
    ['async function save() {\n  await Promise.resolve();\n}\nsave();', '@typescript-eslint/no-floating-promises'],
    ['export function first(value: any): unknown {\n  return value;\n}', '@typescript-eslint/no-explicit-any'],
    ['console.log(1);', 'no-console'],
    ['export enum Colour {\n  Red,\n}', 'no-restricted-syntax'],
    ['export const size = (text: string | null): number => text!.length;', 'no-restricted-syntax'],
    [
      "export function name(kind: 'a' | 'b'): string {\n  switch (kind) {\n    case 'a':\n      return 'A';\n  }\n  return '';\n}",
      '@typescript-eslint/switch-exhaustiveness-check',
    ],
    [
      "import { InferometerError } from '../../shared/errors.ts';\nexport type Thrown = InferometerError;",
      '@typescript-eslint/consistent-type-imports',
    ],
  ])('hold everywhere: %s', async (text, rule) => {
    expect(await brokenRules('src/core/storage', text)).toContain(rule);
  });

  it('let an index that is in bounds be asserted', async () => {
    const text = 'export const first = (values: readonly number[]): number => values[0]!;';
    expect(await brokenRules('src/core/storage', text)).toEqual([]);
  });
});
