import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FuseState, FuseV1Options } from '@electron/fuses';
import type { Configuration } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import configuration from '../../../electron-builder.config.ts';
import { runNode } from '../../../scripts/tool.ts';
import { packageRoot } from '../../../src/core/resources.ts';

// The builder's own code decides what a pattern matches. It belongs to electron-builder and is found from there.
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
interface Matcher {
  createFilter(): (file: string, stats: Stats) => boolean;
}
/** What the functions below look at of the builder's own objects. */
interface Packager {
  config: Configuration;
  projectDir: string;
  buildResourcesDir: string;
  isPrepackedAppAsar: boolean;
  debugLogger: { isEnabled: boolean };
}
type Expand = (pattern: string) => string;
const { FileMatcher, getMainFileMatchers, getNodeModuleFileMatcher } = builder(
  'app-builder-lib/out/fileMatcher.js',
) as {
  FileMatcher: new (from: string, to: string, expand: Expand, patterns: readonly string[]) => Matcher;
  getMainFileMatchers(
    from: string,
    to: string,
    expand: Expand,
    platform: object,
    packager: { info: Packager },
    output: string,
    isCompiled: boolean,
  ): Matcher[];
  getNodeModuleFileMatcher(from: string, to: string, expand: Expand, platform: object, packager: Packager): Matcher;
};
const { getConfig, validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
  getConfig(folder: string, file: string, options: null): Promise<Configuration>;
  validateConfiguration(checked: Configuration, log: { isEnabled: boolean }): Promise<void>;
};

const config = await getConfig(packageRoot, 'electron-builder.config.ts', null);

interface Target {
  platform: 'linux' | 'win32' | 'darwin';
  arch: 'x64' | 'arm64';
  options: { files?: unknown };
}

const asList = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);
const targets: readonly Target[] = [
  { platform: 'linux', arch: 'x64', options: config.linux ?? {} },
  { platform: 'linux', arch: 'arm64', options: config.linux ?? {} },
  { platform: 'win32', arch: 'x64', options: config.win ?? {} },
  { platform: 'darwin', arch: 'arm64', options: config.mac ?? {} },
];
const patterns = [...new Set(targets.flatMap(({ options }) => asList(options.files)))];

function list(...globs: string[]): string[] {
  return globs
    .flatMap((glob) => globSync(glob, { cwd: packageRoot }))
    .filter((file) => statSync(path.join(packageRoot, file)).isFile())
    .map((file) => file.split(path.sep).join('/'));
}

const packages = ['onnxruntime-node', 'onnxruntime-common', 'better-sqlite3', 'koffi', '@koromix', 'zod'];
const installed = list(...packages.map((name) => `node_modules/${name}/**/*`));

function filter(matcher: Matcher, files: readonly string[]): string[] {
  const isMatched = matcher.createFilter();
  return files.filter((file) => {
    const absolute = path.join(packageRoot, file);
    return isMatched(absolute, statSync(absolute));
  });
}

const expandFor =
  (arch: string): Expand =>
  (pattern) =>
    pattern.replaceAll('${arch}', arch);

function match(wanted: readonly string[], arch: string): string[] {
  return filter(new FileMatcher(packageRoot, '/', expandFor(arch), wanted), installed);
}

const packager: Packager = {
  config,
  projectDir: packageRoot,
  buildResourcesDir: 'build',
  isPrepackedAppAsar: false,
  debugLogger: { isEnabled: false },
};

/** What of the modules goes into a package. */
function packModules({ arch, options }: Target): string[] {
  return filter(getNodeModuleFileMatcher(packageRoot, '/', expandFor(arch), options, packager), installed);
}

/** What of the application itself goes into a package. */
function packApplication({ arch, options }: Target): string[] {
  const output = path.join(packageRoot, 'dist', 'installers');
  const matchers = getMainFileMatchers(packageRoot, '/', expandFor(arch), options, { info: packager }, output, false);
  const own = list('*', '.*', '{build,dist,docs,resources,scripts,src,test,tools}/**/*');
  return matchers.flatMap((matcher) => filter(matcher, own));
}

const isBinary = (file: string): boolean => /\.(node|dll|dylib|so(\.\d+)*)$/.test(file);

describe('the configuration of the installers', () => {
  it('is one that electron-builder understands', async () => {
    await expect(validateConfiguration(config, { isEnabled: false })).resolves.toBeUndefined();
  });

  it('names files that are there', () => {
    const extra = (configuration.extraResources as { from: string }[]).map(({ from }) => from);
    const icons = [configuration.linux?.icon, configuration.win?.icon, configuration.mac?.icon];
    for (const file of [...extra, ...icons])
      expect(existsSync(path.join(packageRoot, String(file))), String(file)).toBe(true);
  });

  const exclusions = patterns.filter(
    // A binary of koffi is installed for the platform of this machine alone.
    (pattern) => pattern.startsWith('!') && (!pattern.includes('@koromix') || process.platform === 'linux'),
  );
  it.each(exclusions)('leaves something out by %s', (pattern) => {
    const arches = ['x64', 'arm64'];
    expect(arches.flatMap((arch) => match([pattern.slice(1)], arch)).length).toBeGreaterThan(0);
  });

  it.each(asList(configuration.asarUnpack).filter((pattern) => pattern.startsWith('node_modules/')))(
    'unpacks something by %s',
    (pattern) => {
      expect(match([pattern], 'x64').length).toBeGreaterThan(0);
    },
  );

  it.each(patterns.filter((pattern) => !pattern.startsWith('!')))(
    'takes in by %s what the clone has or a build writes',
    (pattern) => {
      const isBuilt = ['main', 'preload', 'renderer', 'chunks', 'engine.js'].includes(pattern.split('/')[1] ?? '');
      expect(isBuilt || list(pattern).length > 0).toBe(true);
    },
  );
});

describe.each(targets)('a package for $platform $arch', (target) => {
  const packed = packModules(target);
  const { platform, arch } = target;

  it('holds of the application what the builds write, its resources and its licence', () => {
    const strangers = packApplication(target).filter(
      (file) =>
        !/^(dist\/(main|preload|renderer|chunks)\/|dist\/engine\.js$|resources\/|LICENSE$|package\.json$)/.test(file),
    );
    expect(strangers).toEqual([]);
    expect(packApplication(target)).toEqual(
      expect.arrayContaining(['LICENSE', 'package.json', 'resources/engine/probe.onnx', 'resources/icons/window.png']),
    );
  });

  it("holds this platform's ONNX Runtime whole, and no other", () => {
    const folder = `node_modules/onnxruntime-node/bin/napi-v6/`;
    const own = installed.filter((file) => file.startsWith(`${folder}${platform}/${arch}/`));
    expect(own.length).toBeGreaterThan(1);
    expect(packed.filter((file) => file.startsWith(folder))).toEqual(own);
  });

  it("holds this platform's SQLite, and no other", () => {
    const binaries = packed.filter((file) => file.startsWith('node_modules/better-sqlite3/') && isBinary(file));
    expect(binaries).toEqual([`node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`]);
  });

  it('keeps every script of the modules that is loaded', () => {
    for (const file of [
      'onnxruntime-node/dist/index.js',
      'onnxruntime-common/dist/cjs/index.js',
      'better-sqlite3/lib/index.js',
      'koffi/src/koffi/index.js',
      'zod/index.js',
    ]) {
      expect(packed).toContain(`node_modules/${file}`);
    }
  });

  it('unpacks every binary, because no loader of the system looks into an archive', () => {
    const unpacked = new Set(match(asList(configuration.asarUnpack), arch));
    expect(packed.filter((file) => isBinary(file) && !unpacked.has(file))).toEqual([]);
  });
});

describe('the unpacked engine', () => {
  it('has every package that it imports beside it', () => {
    const sources = globSync('src/{engine,shared}/**/*.ts', { cwd: packageRoot });
    const imported = sources.flatMap((file) => {
      const text = readFileSync(path.join(packageRoot, file), 'utf8');
      return [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from '([^.'][^']*)';/gm)].map(([, name = '']) => ({
        file,
        name,
      }));
    });
    // The contract and the charts are for hosts and screens; the engine imports neither.
    const own = imported.filter(
      ({ file, name }) => !name.startsWith('node:') && !/shared.(contract|charts)/.test(file),
    );
    const names = [...new Set(own.map(({ name }) => name))];
    expect(names.toSorted()).toEqual(['onnxruntime-node', 'zod']);
    const loadedByThem = ['onnxruntime-common'];
    for (const name of [...names, ...loadedByThem]) {
      expect(configuration.asarUnpack).toContain(`node_modules/${name}/**`);
    }
  });
});

describe('the fuses of a finished program', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'fuses-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** In the order of their numbers, as they stand in the program. */
  const wanted: FuseState[] = [];
  for (const [name, isOn] of Object.entries(configuration.electronFuses ?? {})) {
    const option = FuseV1Options[(name.charAt(0).toUpperCase() + name.slice(1)) as keyof typeof FuseV1Options];
    wanted[option] = isOn ? FuseState.ENABLE : FuseState.DISABLE;
  }

  /** A file with a wire of fuses in it, as Electron's program has one. */
  async function check(states: readonly FuseState[]) {
    const program = path.join(folder, 'program');
    const wire = Buffer.from([1, states.length, ...states]);
    const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
    writeFileSync(program, Buffer.concat([Buffer.alloc(100), sentinel, wire, Buffer.alloc(100)]));
    return runNode([path.join(packageRoot, 'scripts', 'check-fuses.ts'), program]);
  }

  it('pass when all are as configured', async () => {
    expect(await check(wanted)).toMatchObject({ exitCode: 0 });
  });

  it('fail when one is not, with its name', async () => {
    const flipped = wanted.with(FuseV1Options.RunAsNode, FuseState.ENABLE);
    const { exitCode, output } = await check(flipped);
    expect([exitCode, output.trim()]).toEqual([1, 'runAsNode should be off and is on']);
  });

  it('fail when one is not there any more', async () => {
    const { exitCode, output } = await check(wanted.with(FuseV1Options.OnlyLoadAppFromAsar, FuseState.REMOVED));
    expect([exitCode, output.trim()]).toEqual([1, 'onlyLoadAppFromAsar should be on and is not there']);
  });
});
