import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../test/support/deferred.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { auditQueue } from '../../test/support/queue-audit.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { ReservationsRecord } from '../domain/log-record.ts';
import type { Sale } from '../domain/sale.ts';
import { type Relayed, type RelayPorts, relay } from './relay.ts';

const OPTIONS = { leaseMs: 15_000, batchSize: 2 };

/** A sale whose front died after it had reserved tickets for this many buyers. */
async function rig({ stranded = 3, sales = [aSale()] }: { stranded?: number; sales?: readonly Sale[] } = {}) {
  const clock = new ManualClock();
  const queue = new MemoryTicketQueue(clock.now);
  for (const sale of sales) {
    await queue.load(sale);
    for (let n = 1; n <= stranded; n += 1) {
      const item = { orderId: `${sale.id}:${n}`, userId: `buyer-${n}`, key: `k:${n}`, fingerprint: '{}', quantity: 1 };
      await queue.reserve(sale.id, sale.epoch, [item]);
      clock.advance(1);
    }
  }
  clock.advance(OPTIONS.leaseMs + 1);

  const records: ReservationsRecord[] = [];
  const append = async (record: ReservationsRecord) => {
    records.push(record);
  };
  const out: Relayed[] = [];
  const ends: unknown[] = [];
  const tick$ = new Subject<void>();
  const start = (changes: Partial<RelayPorts> = {}) => {
    relay(tick$, { queue, log: { append }, sales: async () => sales, ...changes }, OPTIONS).subscribe({
      next: (relayed) => out.push(relayed),
      error: (error) => ends.push(error),
      complete: () => ends.push('complete'),
    });
  };
  const tick = async () => {
    tick$.next();
    await settled();
  };
  return { clock, queue, records, append, out, ends, tick$, tick, start };
}

describe('relay', () => {
  it('publishes stranded reservations, batch after batch, oldest first, until none is left', async () => {
    const { start, tick, records, out, queue } = await rig();
    start();
    await tick();
    expect(records.map(({ items }) => items.map(({ orderId }) => orderId))).toEqual([
      ['sale-1:1', 'sale-1:2'],
      ['sale-1:3'],
    ]);
    expect(out).toEqual([{ saleId: 'sale-1', relayed: 3 }]);
    expect(await auditQueue(queue.auditSource, 'sale-1')).toMatchObject({ held: 3, pending: 0 });
  });

  it('writes the record as the front would have, with the stored order id, key and time', async () => {
    const { start, tick, records, queue } = await rig({ stranded: 1 });
    const held = await queue.find('sale-1', 'sale-1:1');
    start();
    await tick();
    const { productId, epoch, price, payWithinSeconds } = aSale();
    expect(records).toEqual([
      {
        type: 'reservations',
        saleId: 'sale-1',
        productId,
        epoch,
        price,
        payWithinSeconds,
        items: [{ ...held, requestId: 'relay' }],
      },
    ]);
  });

  it('does not touch what may still be in flight', async () => {
    const { start, tick, records, out, queue } = await rig({ stranded: 0 });
    await queue.reserve('sale-1', 1, [{ orderId: 'fresh', userId: 'ann', key: 'k:1', fingerprint: '{}', quantity: 1 }]);
    start();
    await tick();
    expect([records, out]).toEqual([[], [{ saleId: 'sale-1', relayed: 0 }]]);
  });

  it('drops a tick that comes while it works, and takes the next one', async () => {
    const { start, tick, append, out } = await rig();
    const gate = deferred();
    let asked = 0;
    start({
      log: { append: (record) => gate.promise.then(() => append(record)) },
      sales: async () => {
        asked += 1;
        return [aSale()];
      },
    });
    await tick();
    await tick();
    expect([asked, out]).toEqual([1, []]);
    gate.resolve();
    await settled();
    expect(out).toHaveLength(1);
    await tick();
    expect([asked, out.length]).toEqual([2, 2]);
  });

  it('reports the fault of one sale and completes the others', async () => {
    const sales = ['a', 'b', 'c'].map((id) => aSale({ id }));
    const { start, tick, append, out, ends, records } = await rig({ stranded: 1, sales });
    const fault = new Fault('unavailable', 'unreachable');
    start({ log: { append: (record) => (record.saleId === 'b' ? Promise.reject(fault) : append(record)) } });
    await tick();
    expect(out).toEqual([
      { saleId: 'a', relayed: 1 },
      { saleId: 'b', relayed: 0, fault },
      { saleId: 'c', relayed: 1 },
    ]);
    expect(records.map(({ saleId }) => saleId)).toEqual(['a', 'c']);
    expect(ends).toEqual([]);
  });

  it('marks nothing as published that the log rejected, and tries it again when its lease is over', async () => {
    const { start, tick, append, queue, clock, out } = await rig({ stranded: 1 });
    let failing = true;
    start({ log: { append: (record) => (failing ? Promise.reject(new Fault('timeout', 'slow')) : append(record)) } });
    await tick();
    expect(await auditQueue(queue.auditSource, 'sale-1')).toMatchObject({ pending: 1 });
    failing = false;
    await tick();
    expect(out.at(-1)).toEqual({ saleId: 'sale-1', relayed: 0 });
    clock.advance(OPTIONS.leaseMs + 1);
    await tick();
    expect(out.at(-1)).toEqual({ saleId: 'sale-1', relayed: 1 });
  });

  it('reports how far it got before a fault', async () => {
    const { start, tick, append, out, records } = await rig();
    const fault = new Fault('unavailable', 'unreachable');
    start({ log: { append: (record) => (records.length > 0 ? Promise.reject(fault) : append(record)) } });
    await tick();
    expect(out).toEqual([{ saleId: 'sale-1', relayed: 2, fault }]);
  });

  it('reports that the sales could not be read, and tries again with the next tick', async () => {
    const { start, tick, out } = await rig();
    const fault = new Fault('unavailable', 'unreachable');
    let failing = true;
    start({ sales: () => (failing ? Promise.reject(fault) : Promise.resolve([aSale()])) });
    await tick();
    expect(out).toMatchObject([{ relayed: 0, fault }]);
    failing = false;
    await tick();
    expect(out.at(-1)).toEqual({ saleId: 'sale-1', relayed: 3 });
  });

  it('publishes nothing twice within a tick, even if the queue keeps returning it', async () => {
    const { start, tick, queue, records, out } = await rig({ stranded: 1 });
    const held = await queue.find('sale-1', 'sale-1:1');
    const again = held === undefined ? [] : [held];
    let claims = 0;
    const claimStranded = async () => {
      claims += 1;
      // An endless loop would hang the whole process, tests included: end it from outside.
      if (claims > 100) throw new Error('endless');
      return again;
    };
    start({ queue: { claimStranded, published: async () => undefined } });
    await tick();
    expect(out).toEqual([{ saleId: 'sale-1', relayed: 1 }]);
    expect(records).toHaveLength(1);
  });

  it('completes with its ticks', async () => {
    const { start, tick, tick$, ends } = await rig();
    start();
    await tick();
    tick$.complete();
    expect(ends).toEqual(['complete']);
  });
});
