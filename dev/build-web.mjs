import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from './run.mjs';

/** Browsers of the end of 2022; older ones lack security updates, and this page handles payments. */
const TARGET = ['chrome108', 'firefox108', 'safari16.2'];

/** Builds the page into dist/web: index.html, and assets whose names contain a hash of their content. */
await build({
  configFile: false,
  root: join(ROOT, 'web'),
  logLevel: 'warn',
  // Nothing of a .env file may get into public files.
  envDir: false,
  publicDir: false,
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: join(ROOT, 'dist/web'),
    emptyOutDir: true,
    target: TARGET,
    // The page's Content-Security-Policy permits nothing inline.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
