import { ensureBuilt } from '../../dev/build.mjs';
import { ensureInstalled, ensureKafkaClient } from '../../dev/install.mjs';
import { main, ROOT } from '../../dev/run.mjs';

/**
 * Runs a command on a cluster of its own: installs and builds what is missing, then calls `use` with a function that imports
 * a TypeScript file of the repository (`/test/…`), which Node 20 can't do by itself.
 */
export async function command(use) {
  await main(async () => {
    await ensureInstalled();
    await ensureBuilt();
    await ensureKafkaClient();
    const vite = await createVite();
    try {
      await use((file) => vite.ssrLoadModule(file));
    } finally {
      await vite.close();
    }
  });
}

async function createVite() {
  // Imported here because it may have been installed just now.
  const { createServer } = await import('vite');
  return createServer({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
}
