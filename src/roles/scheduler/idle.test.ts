import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryCatalogue } from '../../../test/support/fakes/memory-catalogue.ts';
import { MemoryJobs } from '../../../test/support/fakes/memory-jobs.ts';
import { MemoryLeases } from '../../../test/support/fakes/memory-leases.ts';
import { MemoryNodeMarks } from '../../../test/support/fakes/memory-node-marks.ts';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { MemoryTicketQueue } from '../../../test/support/fakes/memory-ticket-queue.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { aSale } from '../../../test/support/sales.ts';
import { systemRuntime } from '../../../test/support/system-runtime.ts';
import type { SaleStatus } from '../../domain/sale.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import { type SchedulerObserver, type SchedulerPorts, startScheduler } from './scheduler.ts';

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Each call of a port by its name, and how often it was made. */
function counting<Port extends object>(port: Port, calls: Map<string, number>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

async function idle({ open, closed }: { readonly open: number; readonly closed: number }) {
  const sale = (n: number, status: SaleStatus, startsIn: number) =>
    aSale({
      id: `${status}-${n + 10_000}`,
      status,
      opensAt: Date.now() + startsIn,
      closesAt: Date.now() + startsIn + 2 * HOUR_MS,
      payWithinSeconds: 600,
    });
  const sales = [
    ...Array.from({ length: open }, (_, n) => sale(n, 'published', -HOUR_MS)),
    ...Array.from({ length: closed }, (_, n) => sale(n, 'closed', -90 * HOUR_MS)),
  ];
  const calls = new Map<string, number>();
  const queue = new MemoryTicketQueue(Date.now);
  const store = new MemoryOrderStore();
  for (const one of sales) await queue.load(one);
  const ports: SchedulerPorts = {
    queue: counting(queue, calls),
    recovery: counting(Object.assign(queue, { incarnation: async () => 'a' }), calls),
    store: counting(store, calls),
    catalogue: counting(new MemoryCatalogue(sales), calls),
    log: {} as OrderLog,
    leases: new MemoryLeases(Date.now),
    nodeMarks: new MemoryNodeMarks(),
    jobs: counting(new MemoryJobs(), calls),
    events: { publish: () => {}, events$: undefined as never },
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
  };
  const ignore = () => {};
  const observer = Object.fromEntries(
    [
      'relayed',
      'housekeeping',
      'jobBatch',
      'resumed',
      'changeFailed',
      'recovery',
      'leadership',
      'leaseFault',
      'clockJump',
      'streamFailed',
    ].map((name) => [name, ignore]),
  ) as unknown as SchedulerObserver;
  const scheduler = startScheduler(ports, {
    runtime: systemRuntime,
    payments: { refund: async () => {} },
    observer,
    exclusive: true,
    recovery: { deadlineMs: 2000, group: 'g' },
  });
  return { calls, store, sales, scheduler };
}

/** How many calls a scheduler makes in its second minute, when nothing happens. */
async function callsInAMinute(count: { readonly open: number; readonly closed: number }) {
  const { calls, scheduler } = await idle(count);
  await vi.advanceTimersByTimeAsync(60_000);
  calls.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  await scheduler.stop();
  const { state = 0, ...others } = Object.fromEntries(calls);
  return { state, others: Object.values(others).reduce((sum, n) => sum + n, 0) };
}

it('makes as many calls for 500 open and 1,000 closed sales as for one', async () => {
  const one = await callsInAMinute({ open: 1, closed: 0 });
  const many = await callsInAMinute({ open: 500, closed: 1000 });
  expect(many.others).toBe(one.others);
  // Whether the queue has lost one it asks for each, twelve times a minute; never for those that are long over.
  expect([one.state, many.state]).toEqual([12, 12 * 500]);
});

it('still expires the orders of one of many sales in time', async () => {
  const { store, sales, scheduler } = await idle({ open: 500, closed: 1000 });
  const saleId = sales[333]?.id as string;
  const order = newOrder({ saleId, tickets: [1], payBy: Date.now() + 90_000 });
  await store.store({ group: 'g', positions: [], orders: [order] });
  await vi.advanceTimersByTimeAsync(89_999);
  expect((await store.order(order.order.id))?.state).toBe('reserved');
  await vi.advanceTimersByTimeAsync(251);
  expect((await store.order(order.order.id))?.state).toBe('expired');
  await scheduler.stop();
});
