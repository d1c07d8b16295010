import type { Configuration } from 'electron-builder';

const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA, INFEROMETER_TEST_BUILD } = process.env;

/** A Debian package has to name a page; ".invalid" is the domain that is none. */
const homepage =
  GITHUB_SERVER_URL === undefined || GITHUB_REPOSITORY === undefined
    ? 'https://inferometer.invalid'
    : `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;

const onnxRuntime = 'node_modules/onnxruntime-node/bin/napi-v6';

const everywhere = [
  'dist/main/**',
  'dist/preload/**',
  'dist/renderer/**',
  'dist/engine.js',
  'dist/chunks/**',
  'resources/**',
  'LICENSE',
  '!**/*.map',
  '!node_modules/onnxruntime-node/lib/**',
  '!node_modules/onnxruntime-node/script/**',
  '!node_modules/onnxruntime-common/lib/**',
  '!node_modules/better-sqlite3/deps/**',
  '!node_modules/better-sqlite3/src/**',
  '!node_modules/koffi/doc/**',
  '!node_modules/koffi/vendor/**',
  '!node_modules/zod/src/**',
];

/**
 * All that a platform's package holds. One complete list for each: the builder takes a platform's list that only leaves
 * out for "everything but", and packs the whole clone. Folder names are literal where they stand for a platform, because
 * there is no macro for it; `arch` is one.
 */
function listFiles(own: 'linux' | 'win32' | 'darwin'): string[] {
  const others = ['linux', 'win32', 'darwin'].filter((platform) => platform !== own);
  return [
    ...everywhere,
    ...others.map((platform) => `!${onnxRuntime}/${platform}/**`),
    `!${onnxRuntime}/${own}/!(\${arch})/**`,
    `!node_modules/better-sqlite3/prebuilds/!(${own}-\${arch}).node`,
  ];
}

/**
 * Installers: `npm run dist`, after the builds of vite.node.config.ts, vite.renderer.config.ts and
 * electron.vite.config.ts. Packages of "dependencies" go along, those of "devDependencies" do not. Nothing is published
 * from here.
 */
const configuration: Configuration = {
  appId: 'dev.inferometer.app',
  productName: 'Inferometer',
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
  directories: { output: 'dist/installers', buildResources: 'build' },
  extraMetadata: { homepage, ...(GITHUB_SHA === undefined ? {} : { commit: GITHUB_SHA }) },
  publish: null,
  // Every native module ships binaries for Node-API, which Electron and Node share.
  npmRebuild: false,
  nodeGypRebuild: false,
  buildDependenciesFromSource: false,
  electronLanguages: ['en-US', 'en'],
  asar: true,
  // What native code opens by itself, and the engine with everything that it loads: a process of its own starts there.
  asarUnpack: [
    'dist/engine.js',
    'dist/chunks/**',
    'resources/**',
    'node_modules/onnxruntime-node/**',
    'node_modules/onnxruntime-common/**',
    'node_modules/zod/**',
    'node_modules/better-sqlite3/prebuilds/**',
    'node_modules/koffi/**',
    'node_modules/@koromix/**',
  ],
  // Says beside the archive that these files are modules. The application's own package.json stays in the archive,
  // whose integrity is checked, because it names what starts.
  extraResources: [{ from: 'build/unpacked-package.json', to: 'app.asar.unpacked/package.json' }],
  // Read back from the finished program by scripts/check-fuses.ts.
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    // Playwright drives a window through it.
    enableNodeCliInspectArguments: INFEROMETER_TEST_BUILD === '1',
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['AppImage', 'deb'],
    files: [...listFiles('linux'), '!node_modules/@koromix/koffi-linux-${arch}/musl_*/**'],
    executableName: 'inferometer',
    icon: 'build/icons',
    category: 'Development',
    synopsis: 'Measures what a machine-learning model costs on this hardware',
    maintainer: 'Inferometer contributors <contributors@inferometer.invalid>',
  },
  win: { target: ['nsis'], files: listFiles('win32'), icon: 'build/icon.ico' },
  nsis: { oneClick: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
  mac: {
    // ONNX Runtime has no binary for Macs with Intel processors.
    target: [{ target: 'dmg', arch: 'arm64' }],
    files: listFiles('darwin'),
    icon: 'build/icon.icns',
    category: 'public.app-category.developer-tools',
  },
};

export default configuration;
