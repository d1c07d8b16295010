import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isStale } from '../../../scripts/start/freshness.ts';

let folder: string;
const at = (...segments: string[]): string => path.join(folder, ...segments);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'freshness-'));
  mkdirSync(at('sources', 'deep'), { recursive: true });
  writeFileSync(at('sources', 'deep', 'a.ts'), '');
  writeFileSync(at('output'), '');
  for (const old of [at('sources', 'deep', 'a.ts'), at('sources', 'deep'), at('sources')]) utimesSync(old, 1000, 1000);
  utimesSync(at('output'), 2000, 2000);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a build that is younger than all its sources is kept, whatever does not exist', () => {
  expect(isStale(at('output'), [at('sources'), at('missing')])).toBe(false);
});

it('a build is made anew when it is missing, or when a source was changed or removed', () => {
  expect(isStale(at('none'), [at('sources')])).toBe(true);
  utimesSync(at('sources', 'deep', 'a.ts'), 3000, 3000);
  expect(isStale(at('output'), [at('sources')])).toBe(true);
  rmSync(at('sources', 'deep', 'a.ts'));
  expect(isStale(at('output'), [at('sources')])).toBe(true);
});
