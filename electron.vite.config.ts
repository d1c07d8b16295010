import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';

const absolute = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The Electron shell: `dist/main/index.js` and `dist/preload/index.cjs`. Packages of "dependencies" stay imports, as in
 * vite.node.config.ts. The screens are not built from here but by vite.renderer.config.ts alone, because both windows
 * get the same files; this tool would give them relative addresses, which no page below the start page could resolve.
 */
export default defineConfig({
  main: {
    build: {
      outDir: absolute('dist/main'),
      emptyOutDir: true,
      lib: { entry: absolute('src/main/index.ts') },
      rolldownOptions: { output: { entryFileNames: 'index.js', chunkFileNames: 'chunks/[name]-[hash].js' } },
    },
  },
  preload: {
    build: {
      outDir: absolute('dist/preload'),
      emptyOutDir: true,
      // A sandboxed script can load no other file.
      externalizeDeps: false,
      lib: { entry: absolute('src/preload/index.ts'), formats: ['cjs'] },
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'index.cjs' } },
    },
  },
});
