/**
 * Who may import whom. Each layer lists what it may import and everything else is an error, so that a new dependency
 * makes somebody decide where it may run. ARCHITECTURE.md has the same table for people; test/unit/house/layers.test.ts
 * shows that every rule bites.
 */

/** Matches an npm package, installed or not; a trailing slash stands for a whole scope. */
function npm(...names) {
  return names.map((name) => `(^|node_modules/)${name.replaceAll('/', '\\/')}${name.endsWith('/') ? '' : '(/|$)'}`);
}

/** An allow-list: `from` may import these paths, `node: true` adds Node's own modules. */
function layer(name, from, allowed, { node }) {
  return {
    name,
    severity: 'error',
    comment: `${from} may import only: ${allowed.join('  ')}${node ? '  node:*' : ''}`,
    from: { path: from },
    to: { pathNot: allowed, ...(node ? { dependencyTypesNot: ['core'] } : {}) },
  };
}

const uiLibraries = npm(
  'react',
  'react-dom',
  '@mantine/',
  '@fontsource-variable/',
  '@tanstack/',
  '@orpc/',
  'echarts',
  'zod',
  'zustand',
);
const pureLibraries = npm('zod', '@stdlib/', 'pure-rand');
const coreLibraries = [
  ...pureLibraries,
  ...npm(
    '@bufbuild/protobuf',
    'better-sqlite3',
    'drizzle-orm',
    'env-paths',
    'koffi',
    'systeminformation',
    'yauzl',
    '@orpc/',
  ),
];
const terminalLibraries = npm('commander', '@commander-js/', 'string-width', 'zod');

export default {
  forbidden: [
    layer('shared', '^src/shared/', ['^src/shared/', ...npm('zod', '@orpc/contract', 'echarts')], { node: false }),
    {
      name: 'shared-charts-types-only',
      severity: 'error',
      comment: 'Chart options are plain data: take types from echarts, never code.',
      from: { path: '^src/shared/' },
      to: { path: npm('echarts'), dependencyTypesNot: ['type-only'] },
    },
    layer('engine', '^src/engine/', ['^src/engine/', '^src/shared/', ...npm('zod', 'onnxruntime-node', 'koffi')], {
      node: true,
    }),
    {
      name: 'onnxruntime-only-in-runtime',
      severity: 'error',
      comment: 'ONNX Runtime can take its process down: only the engine loads it, and only in src/engine/runtime.',
      from: { path: '^src/', pathNot: '^src/engine/runtime/' },
      to: { path: npm('onnxruntime-node', 'onnxruntime-common') },
    },
    layer(
      'core',
      '^src/core/',
      ['^src/core/', '^src/shared/', '^resources/', '^src/engine/protocol\\.ts$', ...coreLibraries],
      {
        node: true,
      },
    ),
    {
      name: 'core-engine-types-only',
      severity: 'error',
      comment: 'The core talks to the engine by messages: `import type` from src/engine/protocol.ts.',
      from: { path: '^src/core/' },
      to: { path: '^src/engine/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sqlite-only-in-storage',
      severity: 'error',
      comment: 'Other code calls the functions of src/core/storage.',
      from: { path: '^(src|test|scripts)/', pathNot: '^(src/core/storage|test/[^/]+/storage)/' },
      to: { path: npm('better-sqlite3', 'drizzle-orm') },
    },
    layer('pure', '^src/core/(stats|cost)/', ['^src/core/(stats|cost)/', '^src/shared/', ...pureLibraries], {
      node: false,
    }),
    layer('renderer', '^src/renderer/', ['^src/renderer/', '^src/shared/', ...uiLibraries], { node: false }),
    {
      name: 'renderer-features-apart',
      severity: 'error',
      comment: 'A feature imports no other feature; what two share belongs in renderer/components.',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
    },
    layer('preload', '^src/preload/', ['^src/preload/', '^src/shared/', ...npm('electron')], { node: false }),
    layer('main', '^src/main/', ['^src/main/', '^src/core/', '^src/shared/', ...npm('electron', '@orpc/', 'zod')], {
      node: true,
    }),
    layer('server', '^src/server/', ['^src/server/', '^src/core/', '^src/shared/', ...npm('@orpc/', 'ws', 'zod')], {
      node: true,
    }),
    layer('cli', '^src/cli/', ['^src/cli/', '^src/core/', '^src/shared/', '^src/server/', ...terminalLibraries], {
      node: true,
    }),
    {
      name: 'cli-server-lazily',
      severity: 'error',
      comment: '`await import()` inside the command: other commands must not load the web host.',
      from: { path: '^src/cli/' },
      to: { path: '^src/server/', dynamic: false },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one idea, or three.',
      from: { path: '^(src|test|scripts)/' },
      to: { circular: true },
    },
    {
      name: 'no-development-dependencies',
      severity: 'error',
      comment: 'What Node loads for users is in "dependencies". Screens are bundled, and Electron brings itself.',
      from: { path: '^src/', pathNot: '^src/(renderer|main|preload)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The import points to nothing.',
      from: {},
      to: { couldNotResolve: true, pathNot: npm('electron') },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: '^(dist|coverage|test/fixtures)/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
