import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';

interface Configuration {
  forbidden: (IForbiddenRuleType & { name: string })[];
  options: object;
}

const { default: configuration } = (await import(join(packageRoot, '.dependency-cruiser.js'))) as {
  default: Configuration;
};

/** An import that must be reported: rule, importing file, statement. */
type Offence = readonly [rule: string, file: string, statement: string];

const offences: readonly Offence[] = [
  ['shared', 'src/shared/reads-files.ts', "import 'node:fs';"],
  ['shared', 'src/shared/uses-core.ts', "import '../core/anything.ts';"],
  ['shared', 'src/shared/uses-library.ts', "import 'yauzl';"],
  ['shared-charts-types-only', 'src/shared/charts/draws.ts', "import 'echarts';"],
  ['engine', 'src/engine/uses-core.ts', "import '../core/anything.ts';"],
  ['engine', 'src/engine/uses-host.ts', "import '../cli/anything.ts';"],
  ['engine', 'src/engine/uses-electron.ts', "import 'electron';"],
  ['engine', 'src/engine/uses-sqlite.ts', "import 'better-sqlite3';"],
  ['onnxruntime-only-in-runtime', 'src/engine/tasks/runs.ts', "import 'onnxruntime-node';"],
  ['onnxruntime-only-in-runtime', 'src/core/measure/runs.ts', "import 'onnxruntime-node';"],
  ['core', 'src/core/uses-host.ts', "import '../main/anything.ts';"],
  ['core', 'src/core/uses-electron.ts', "import 'electron';"],
  ['core', 'src/core/uses-engine.ts', "import type {} from '../engine/anything.ts';"],
  ['core', 'src/core/uses-uncategorised-library.ts', "import 'typescript';"],
  ['core-engine-types-only', 'src/core/engine-client/uses-schema.ts', "import '../../engine/protocol.ts';"],
  ['sqlite-only-in-storage', 'src/core/measure/queries.ts', "import 'better-sqlite3';"],
  ['sqlite-only-in-storage', 'src/cli/queries.ts', "import 'drizzle-orm';"],
  ['sqlite-only-in-storage', 'test/unit/measure/queries.ts', "import 'better-sqlite3';"],
  ['pure', 'src/core/stats/reads-files.ts', "import 'node:fs';"],
  ['pure', 'src/core/stats/uses-core.ts', "import '../anything.ts';"],
  ['pure', 'src/core/cost/reads-clock.ts', "import 'node:perf_hooks';"],
  ['renderer', 'src/renderer/uses-core.ts', "import '../core/anything.ts';"],
  ['renderer', 'src/renderer/uses-node.ts', "import 'node:os';"],
  ['renderer', 'src/renderer/uses-electron.ts', "import 'electron';"],
  ['renderer-features-apart', 'src/renderer/features/cost/borrows.ts', "import '../measure/anything.ts';"],
  ['preload', 'src/preload/uses-core.ts', "import '../core/anything.ts';"],
  ['preload', 'src/preload/uses-node.ts', "import 'node:fs';"],
  ['main', 'src/main/uses-cli.ts', "import '../cli/anything.ts';"],
  ['main', 'src/main/uses-renderer.ts', "import '../renderer/anything.ts';"],
  ['server', 'src/server/uses-main.ts', "import '../main/anything.ts';"],
  ['server', 'src/server/uses-electron.ts', "import 'electron';"],
  ['cli', 'src/cli/uses-main.ts', "import '../main/anything.ts';"],
  ['cli', 'src/cli/uses-electron.ts', "import 'electron';"],
  ['cli', 'src/cli/uses-engine.ts', "import '../engine/anything.ts';"],
  ['cli-server-lazily', 'src/cli/commands/serve-eagerly.ts', "import '../../server/anything.ts';"],
  ['no-cycles', 'src/core/models/egg.ts', "import './hen.ts';"],
  ['no-development-dependencies', 'src/core/uses-test-tool.ts', "import 'vitest';"],
  ['resolvable', 'src/core/points-nowhere.ts', "import './missing.ts';"],
];

const allowed: readonly (readonly [file: string, statement: string])[] = [
  ['src/shared/vocabulary.ts', "import 'zod';"],
  ['src/engine/runtime/session.ts', "import 'onnxruntime-node';"],
  ['src/engine/entry.ts', "import './runtime/session.ts';\nimport '../shared/vocabulary.ts';\nimport 'node:os';"],
  ['src/core/engine-client/client.ts', "import type {} from '../../engine/protocol.ts';\nimport 'node:child_process';"],
  ['src/core/storage/database.ts', "import 'better-sqlite3';\nimport 'drizzle-orm';"],
  ['src/core/stats/mean.ts', "import 'pure-rand/generator/xoroshiro128plus';\nimport '../../shared/vocabulary.ts';"],
  ['src/renderer/features/cost/sheet.ts', "import './row.ts';\nimport '../../../shared/vocabulary.ts';"],
  ['src/renderer/features/cost/row.ts', 'export {};'],
  ['src/preload/port.ts', "import 'electron';"],
  ['src/main/window.ts', "import 'electron';\nimport '../core/anything.ts';"],
  ['src/server/start.ts', "import '../core/anything.ts';\nimport 'node:http';"],
  ['src/cli/commands/serve.ts', "await import('../../server/start.ts');\nimport 'commander';\nexport {};"],
  ['test/unit/storage/reads.ts', "import 'better-sqlite3';"],
];

/** What the statements above point to. */
const targets = ['src/core/anything.ts', 'src/cli/anything.ts', 'src/main/anything.ts', 'src/server/anything.ts'];
targets.push('src/renderer/anything.ts', 'src/renderer/features/measure/anything.ts');
targets.push('src/engine/anything.ts', 'src/engine/protocol.ts');

describe('who may import whom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inferometer-layers-'));
  let reported: { rule: string; from: string }[] = [];

  beforeAll(async () => {
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const path of targets) write(path, 'export {};');
    for (const [path, text] of allowed) write(path, text);
    for (const [, path, text] of offences) write(path, text);
    write('src/core/models/hen.ts', "import './egg.ts';");
    write('package.json', JSON.stringify({ devDependencies: { vitest: '*' } }));
    symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');

    const { output } = await cruise(['src', 'test'], {
      ...configuration.options,
      baseDir: folder,
      ruleSet: { forbidden: configuration.forbidden },
      validate: true,
    });
    reported = (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(offences)('%s: %s is reported', (rule, file) => {
    expect(reported).toContainEqual({ rule, from: file });
  });

  it('leaves allowed imports alone', () => {
    const innocent = new Set(allowed.map(([file]) => file));
    expect(reported.filter(({ from }) => innocent.has(from))).toEqual([]);
  });

  it('has an offence for every rule', () => {
    const proven = new Set(offences.map(([rule]) => rule));
    expect(configuration.forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });
});
