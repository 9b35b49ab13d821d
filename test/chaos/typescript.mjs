import { createServer } from 'vite';
import { ROOT } from '../../dev/run.mjs';

/** Calls `use` with what imports a TypeScript file of the repository (`/test/…`): Node 20 runs none. */
export async function withTypeScript(use) {
  const vite = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return await use((file) => vite.ssrLoadModule(file));
  } finally {
    await vite.close();
  }
}
