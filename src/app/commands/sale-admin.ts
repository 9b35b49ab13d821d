import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import { SaleAdmin } from '../../services/sale-admin.ts';
import { Sales } from '../../services/sales.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import { awaitServer } from './await-server.ts';

export interface SaleCommands {
  readonly saleAdmin: SaleAdmin;
  readonly sales: Sales;
  close(): Promise<void>;
}

/** Opens what the commands on sales need, beside running servers. Errors: the Fault of any port. */
export async function openSaleCommands(config: Config): Promise<SaleCommands> {
  const log = createLog({ level: 'warn', to: process.stderr });
  const { ports, close } = await openPorts(config, log, { create: false });
  try {
    await Promise.all([
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the ticket queue', () => ports.queue.ping()),
    ]);
    const sales = new Sales(ports);
    return { saleAdmin: new SaleAdmin({ ...ports, sales, newId: randomUUID }), sales, close };
  } catch (error) {
    await close();
    throw error;
  }
}
