import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { closeSale } from './close-sale.ts';
import { everySale } from './every-sale.ts';
import { type PublishPorts, publishSale } from './publish.ts';

export interface DemoPorts extends PublishPorts {
  readonly catalogue: Pick<
    Catalogue,
    'sale' | 'sales' | 'addSale' | 'saveSale' | 'product' | 'addProduct' | 'saveProduct'
  >;
  readonly queue: Pick<TicketQueue, 'load' | 'close' | 'stock'>;
}

export interface DemoSales {
  /** Open, with tickets left. */
  readonly open: Sale;
  /** Opens within a minute. */
  readonly soon: Sale;
}

export const DEMO_TICKETS = 1000;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DEMO_ID = /^demo-(\d+)$/;

const PRODUCT = {
  id: 'demo-night-one',
  name: 'Night One',
  description: 'One evening, one stage, one thousand places.',
} as const;

/** Makes sure that one demo sale is open and one is upcoming; sales that are still usable are kept. */
export async function seedDemo(ports: DemoPorts): Promise<DemoSales> {
  await ports.catalogue.addProduct({ ...PRODUCT, version: 1 });
  const { clock, queue } = ports;
  const now = clock.now();
  let open: Sale | undefined;
  let soon: Sale | undefined;
  let last = 0;
  for await (const sale of demoSales(ports)) {
    last = Math.max(last, numberOf(sale));
    if (sale.status !== 'published' || now >= sale.closesAt) continue;
    if (sale.opensAt > now) soon = sale;
    else if (((await queue.stock(sale.id))?.remaining ?? 0) > 0) open = sale;
  }
  open ??= await publishDemo(last + 1, 'Night One: general sale', now, ports);
  soon ??= await publishDemo(Math.max(last, numberOf(open)) + 1, 'Night One: late release', now + MINUTE_MS, ports);
  return { open, soon };
}

/** Restores the demo's product, closes its sales, and publishes two new ones. */
export async function resetDemo(ports: DemoPorts): Promise<DemoSales> {
  const product = await ports.catalogue.product(PRODUCT.id);
  if (product !== undefined) await ports.catalogue.saveProduct({ ...PRODUCT, version: product.version + 1 });
  for await (const { id, status } of demoSales(ports)) {
    // A sale whose publishing was interrupted can't be closed before it is published.
    if (status === 'publishing') await publishSale(id, ports);
    if (status !== 'draft' && status !== 'closed' && status !== 'archived') await closeSale(id, ports);
  }
  return seedDemo(ports);
}

/** Publishes a demo sale under the first free number, starting with `number`. */
async function publishDemo(number: number, title: string, opensAt: number, ports: DemoPorts): Promise<Sale> {
  for (let n = number; ; n += 1) {
    const draft = demoSale(`demo-${n}`, title, opensAt);
    if (!(await ports.catalogue.addSale(draft))) continue;
    const outcome = await publishSale(draft.id, ports);
    if (outcome.kind === 'published') return outcome.sale;
  }
}

async function* demoSales({ catalogue }: DemoPorts): AsyncGenerator<Sale> {
  for await (const sale of everySale(catalogue, { includeDrafts: true })) if (numberOf(sale) > 0) yield sale;
}

/** 0 for a sale that is not the demo's. */
function numberOf({ id }: Sale): number {
  return Number(DEMO_ID.exec(id)?.[1] ?? 0);
}

function demoSale(id: string, title: string, opensAt: number): Sale {
  return {
    id,
    productId: PRODUCT.id,
    title,
    description: PRODUCT.description,
    price: { amount: 12_999, currency: 'USD' },
    total: DEMO_TICKETS,
    perBuyerLimit: 4,
    opensAt,
    closesAt: opensAt + DAY_MS,
    payWithinSeconds: 900,
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}
