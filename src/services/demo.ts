import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';
import { publish } from './publish.ts';

export interface DemoPorts {
  readonly catalogue: Pick<Catalogue, 'sales' | 'putSale' | 'putProduct'>;
  readonly queue: Pick<TicketQueue, 'load' | 'remaining'>;
  readonly clock: Clock;
}

export interface DemoSales {
  /** Open, with tickets left. */
  readonly open: Sale;
  /** Opens in a minute. */
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

/** Sees to it that there is something to buy and something to wait for; what is there and still serves is kept. */
export async function seedDemo(ports: DemoPorts): Promise<DemoSales> {
  await ports.catalogue.putProduct(PRODUCT);
  const now = ports.clock.now();
  let open: Sale | undefined;
  let last = 0;
  for await (const sale of everySale(ports.catalogue, { includeDrafts: true })) {
    const number = Number(DEMO_ID.exec(sale.id)?.[1] ?? 0);
    if (number === 0) continue;
    last = Math.max(last, number);
    const sells = sale.opensAt <= now && now < sale.closesAt && sale.status === 'published';
    if (sells && ((await ports.queue.remaining(sale.id)) ?? 0) > 0) open = sale;
  }
  open ??= await publish(demoSale(`demo-${last + 1}`, 'Night One: general sale', now), ports);
  const soon = await publish(demoSale(`demo-${last + 2}`, 'Night One: late release', now + MINUTE_MS), ports);
  return { open, soon };
}

function demoSale(id: string, title: string, opensAt: number): Sale {
  return {
    id,
    productId: PRODUCT.id,
    title,
    description: PRODUCT.description,
    price: { amount: 12_999, currency: 'USD' },
    total: DEMO_TICKETS,
    perBuyerLimit: 1,
    opensAt,
    closesAt: opensAt + DAY_MS,
    payWithinSeconds: 900,
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}
