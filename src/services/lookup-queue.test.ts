import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { ANN, BOB, createOrdersRig } from '../../test/support/orders-rig.ts';
import type { Order } from '../domain/order.ts';
import { LookupQueue } from './lookup-queue.ts';

const NOT_FOUND = async () => undefined;

function searching() {
  const gate = deferred<Order | undefined>();
  let [running, most, searched] = [0, 0, 0];
  const search = async () => {
    searched += 1;
    running += 1;
    most = Math.max(most, running);
    const found = await gate.promise;
    running -= 1;
    return found;
  };
  return { gate, search, counts: () => ({ most, searched }) };
}

describe('lookups of orders', () => {
  it('by one user run two at a time, and do not delay those of another', async () => {
    const lookups = new LookupQueue(new ManualClock());
    const { gate, search, counts } = searching();
    const all = Array.from({ length: 200 }, (_, n) => lookups.find(`id-${n}`, 'ann', search));
    await lookups.find('own', 'bob', NOT_FOUND);
    await lookups.findFor('own-2', 'bob', NOT_FOUND);
    expect(counts()).toEqual({ most: 2, searched: 2 });
    gate.resolve(undefined);
    await Promise.all(all);
    expect(counts()).toEqual({ most: 2, searched: 200 });
  });

  it('are refused beyond a number that no client has a use for', async () => {
    const lookups = new LookupQueue(new ManualClock());
    const { gate, search } = searching();
    const all = Array.from({ length: 1000 }, (_, n) => lookups.findFor(`id-${n}`, 'ann', search));
    gate.resolve(undefined);
    const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(1000 - 512 - 2);
    expect(refused[0]).toMatchObject({ reason: { code: 'full' } });
  });

  it('share one search for the same id', async () => {
    const lookups = new LookupQueue(new ManualClock());
    const { gate, search, counts } = searching();
    const all = Array.from({ length: 100 }, (_, n) => lookups.find('id', `user-${n}`, search));
    gate.resolve(undefined);
    await Promise.all(all);
    expect(counts().searched).toBe(1);
  });

  it('remember for a second that there is no such order, and no failure', async () => {
    const clock = new ManualClock();
    const lookups = new LookupQueue(clock);
    const { gate, search, counts } = searching();
    await expect(lookups.find('id', 'ann', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    gate.resolve(undefined);
    for (let n = 0; n < 3; n += 1) await lookups.find('id', 'ann', search);
    await lookups.findFor('id', 'ann', search);
    expect(counts().searched).toBe(1);
    clock.advance(1000);
    await lookups.find('id', 'ann', search);
    expect(counts().searched).toBe(2);
  });

  it('do not take an order that another user has for unknown', async () => {
    const rig = await createOrdersRig();
    const { id } = await rig.reserve('ann');
    expect(await rig.orders.find(id, BOB)).toBeUndefined();
    expect(await rig.orders.cancel(id, BOB)).toEqual({ kind: 'unknown' });
    expect(await rig.orders.find(id, ANN)).toMatchObject({ id });
  });
});
