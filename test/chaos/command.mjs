import { ensureBuilt } from '../../dev/build.mjs';
import { ensureInstalled, ensureKafkaClient } from '../../dev/install.mjs';
import { main, ROOT } from '../../dev/run.mjs';

/**
 * A command on a cluster of its own: installs and builds what that lacks, then calls `use` with what imports a TypeScript
 * file of the repository (`/test/…`), for Node 20 runs none.
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
  // Not before it is installed.
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
