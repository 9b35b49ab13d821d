import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import { Products } from '../../services/products.ts';
import { SaleAdmin } from '../../services/sale-admin.ts';
import { Sales } from '../../services/sales.ts';
import { awaitServer } from './await-server.ts';
import { withPorts } from './with-ports.ts';

export interface SaleCommands {
  readonly saleAdmin: SaleAdmin;
  readonly products: Products;
  readonly sales: Sales;
}

/** Opens what the commands on sales need, beside running servers. Errors: the Fault of any port; those of `use`. */
export function withSaleCommands(config: Config, use: (commands: SaleCommands) => Promise<void>): Promise<void> {
  return withPorts(config, async (ports) => {
    await Promise.all([
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the ticket queue', () => ports.queue.ping()),
    ]);
    const sales = new Sales(ports);
    const products = new Products({ ...ports, newId: randomUUID });
    await use({ saleAdmin: new SaleAdmin({ ...ports, sales, newId: randomUUID }), products, sales });
  });
}
