import { fileURLToPath } from 'node:url';
import babel from '@rolldown/plugin-babel';
import react, { reactCompilerPreset } from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const absolute = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The screens, for every host: `dist/renderer/`. The web host replaces the nonce in index.html for every answer; what
 * the page loads later needs none, because scripts and styles are files of its own origin.
 */
export default defineConfig({
  root: absolute('src/renderer'),
  plugins: [react(), babel({ presets: [reactCompilerPreset()] })],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: absolute('dist/renderer'),
    emptyOutDir: true,
    target: 'chrome128',
    // A font in a style sheet as data: would be refused by the page's own policy.
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
});
