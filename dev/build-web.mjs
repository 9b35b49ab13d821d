import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from './run.mjs';

/** What browsers had by the end of 2022; older ones have no business with money. */
const TARGET = ['chrome108', 'firefox108', 'safari16.2'];

/** Builds the page into dist/web: index.html, and assets whose names change with what is in them. */
await build({
  configFile: false,
  root: join(ROOT, 'web'),
  logLevel: 'warn',
  // No file of any .env may get into what everybody can read.
  envDir: false,
  publicDir: false,
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: join(ROOT, 'dist/web'),
    emptyOutDir: true,
    target: TARGET,
    // The policy of the page permits nothing inline.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
});
