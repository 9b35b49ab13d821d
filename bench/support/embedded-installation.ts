import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenPorts, openPorts } from '../../src/app/adapters/open-ports.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { putOnSale } from '../../test/support/put-on-sale.ts';
import type { Installation } from './installation.ts';
import { lagOf, SECRET, shownOf, storedOf } from './installation.ts';

/** An SQLite file in a temporary folder. It is opened only for each call: a second open engine would slow the first. */
export async function createEmbeddedInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
  const env = { DATA_DIR: dataDir, JWT_SECRET: SECRET };
  const log = createLog({ level: 'silent' });
  const withPorts = async <T>(work: (ports: OpenPorts['ports']) => Promise<T>): Promise<T> => {
    const { ports, close } = await openPorts(loadConfig(env), log);
    try {
      return await work(ports);
    } finally {
      await close();
    }
  };
  return {
    env,
    publish: (sale) => withPorts((ports) => putOnSale(sale, ports)),
    publishAll: (sales) =>
      withPorts(async (ports) => {
        for (const sale of sales) await putOnSale(sale, ports);
      }),
    stored: (...saleIds) => withPorts((ports) => storedOf(ports, saleIds)),
    lag: () => withPorts((ports) => lagOf(ports, loadConfig(env))),
    shown: (...saleIds) => withPorts((ports) => shownOf(ports, saleIds)),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}
