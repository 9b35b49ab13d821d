import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import { JobAdmin } from '../../src/services/job-admin.ts';
import { Products } from '../../src/services/products.ts';
import { reportOn } from '../../src/services/report.ts';
import { SaleAdmin } from '../../src/services/sale-admin.ts';
import { Sales } from '../../src/services/sales.ts';
import { SettingsAdmin } from '../../src/services/settings-admin.ts';
import { revokeTokens } from '../../src/services/token-admin.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryJobs } from './fakes/memory-jobs.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { MemorySettingsStore } from './fakes/memory-settings-store.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { MemoryTokenRevocations } from './fakes/memory-token-revocations.ts';
import { routesWith, tokenOf } from './route-caller.ts';
import { aSettings } from './settings.ts';

/** The parts of a request; `params` are the parameters of the route's pattern. */
export interface AdminCall {
  readonly params?: readonly string[];
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly idempotencyKey?: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly authorization?: string;
}

export const MUG = { name: 'Mug', description: 'Blue.', imageUrl: 'https://example.com/mug.png' };

export const MUG_SALE = {
  productId: 'product_1',
  title: 'Mugs',
  price: { amount: 1299, currency: 'EUR' },
  total: 5,
  opensAt: '2030-01-02T00:00:00.000Z',
  closesAt: '2030-01-03T00:00:00.000Z',
};

/** The admin routes on the real services and in-memory adapters; ids count up. */
export function adminRig() {
  const clock = new ManualClock();
  const catalogue = new MemoryCatalogue();
  const queue = new MemoryTicketQueue(clock.now);
  const store = new MemoryOrderStore();
  const sales = new Sales({ catalogue, queue, clock });
  const settingsStore = new MemorySettingsStore();
  const jobs = new MemoryJobs();
  const tokenRevocations = new MemoryTokenRevocations();
  const published: BusEvent[] = [];
  const events = { publish: (item: BusEvent) => void published.push(item) };
  let lastId = 0;
  const newId = () => {
    lastId += 1;
    return String(lastId);
  };
  const live = {
    timelinePages: async function* () {
      yield [{ second: 1_893_456_000, reserved: 3 }];
    },
  };
  const call = routesWith({
    clock,
    sales,
    products: new Products({ catalogue, newId }),
    saleAdmin: new SaleAdmin({
      catalogue,
      queue,
      store,
      auditSources: { queue: queue.auditSource },
      clock,
      sales,
      events,
      newId,
    }),
    settings: new SettingsAdmin({ settingsStore, events, clock, defaults: aSettings() }),
    jobs: new JobAdmin({ jobs, catalogue, store, clock, random: Math.random }),
    revokeTokens: (revocation) => revokeTokens(revocation, { tokenRevocations, events, clock }),
    report: (saleId) => reportOn(saleId, { catalogue, queue, store, live }),
  });

  /** Calls as an admin by default; returns the body as parsed JSON. */
  const admin = async (method: HttpRequest['method'], pattern: string, { body, ...parts }: AdminCall = {}) => {
    const {
      status,
      headers,
      body: text,
    } = await call(method, pattern, {
      authorization: tokenOf('boss', 'admin'),
      ...(body === undefined ? {} : { contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) }),
      ...parts,
    });
    return { status, headers, json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
  };
  return { admin, call, clock, catalogue, queue, store, jobs, settingsStore, tokenRevocations, published };
}
