import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const absolute = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const manifest = JSON.parse(readFileSync(absolute('package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** One file per process: src/core/resources.ts finds the engine's by this name. */
const entries: Record<string, string> = { cli: 'src/cli/index.ts', engine: 'src/engine/entry.ts' };

/**
 * The package for Node: `dist/cli.js` and `dist/engine.js`. Dependencies stay imports, because several are native and
 * npm installs them anyway; resources and migrations are read from `resources/` at run time.
 */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.fromEntries(
        Object.entries(entries)
          .map(([name, path]) => [name, absolute(path)] as const)
          .filter(([, path]) => existsSync(path)),
      ),
      external: [/^node:/, ...Object.keys(manifest.dependencies).map((name) => new RegExp(`^${name}(/|$)`))],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
