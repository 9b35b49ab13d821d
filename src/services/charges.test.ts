import { describe, expect, it, vi } from 'vitest';
import { ADMIN, ANN, BOB, createOrdersRig } from '../../test/support/orders-rig.ts';
import type { Timers } from '../ports/timers.ts';

/** The provider answers the charges of these orders when told to, and all others at once. */
async function rig(after?: Timers['after']) {
  const made = await createOrdersRig(undefined, after);
  const { payments, charged } = made;
  const held = new Set<string>();
  const waiting: { readonly id: string; readonly go: () => void }[] = [];
  let most = 0;
  let open = 0;
  const charge = payments.charge;
  payments.charge = async (order) => {
    open += 1;
    most = Math.max(most, open);
    if (held.has(order.id)) await new Promise<void>((go) => waiting.push({ id: order.id, go }));
    await charge(order);
    open -= 1;
  };
  return { ...made, charged, held, waiting, most: () => most };
}

describe('payments that are asked for together', () => {
  it.each(['hangs', 'answers'])('of one order are one charge, when the provider %s', async (how) => {
    const { orders, reserve, held, waiting, charged } = await rig();
    const order = await reserve('ann');
    if (how === 'hangs') held.add(order.id);
    const asked = Array.from({ length: 250 }, (_, n) => orders.pay(order.id, n % 50 === 0 ? ADMIN : ANN));
    if (how === 'hangs') {
      await vi.waitFor(() => expect(waiting).toHaveLength(1));
      waiting[0]?.go();
    }
    const outcomes = await Promise.all(asked);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['ok']));
    expect(charged).toEqual([order.id]);
  });

  it('do not keep another buyer’s payment waiting', async () => {
    const { orders, reserve, held, waiting, charged } = await rig();
    const [hanging, other] = [await reserve('ann'), await reserve('bob')];
    held.add(hanging.id);
    const asked = Array.from({ length: 250 }, () => orders.pay(hanging.id, ANN));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    expect(await orders.pay(other.id, BOB)).toMatchObject({ kind: 'ok', order: { state: 'paid' } });
    expect(charged).toEqual([other.id]);
    waiting[0]?.go();
    await Promise.all(asked);
  });

  it('of one buyer’s orders are few at once, and all are paid', async () => {
    const { orders, reserve, held, waiting, most } = await rig();
    const mine = await Promise.all(Array.from({ length: 20 }, () => reserve('ann')));
    for (const { id } of mine) held.add(id);
    const paid = Promise.all(mine.map(({ id }) => orders.pay(id, ANN)));
    for (const _ of mine) {
      await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0));
      waiting.shift()?.go();
    }
    expect(new Set((await paid).map(({ kind }) => kind))).toEqual(new Set(['ok']));
    expect(most()).toBe(4);
  });

  it('of one buyer’s orders beyond a bound are refused for now, and never another buyer’s', async () => {
    const { orders, reserve, held, waiting } = await rig();
    const mine = await Promise.all(Array.from({ length: 21 }, () => reserve('ann')));
    for (const { id } of mine) held.add(id);
    const asked = mine.map(({ id }) => orders.pay(id, ANN));
    const refused = await Promise.race(asked.map((one) => one.catch((fault: unknown) => fault)));
    expect(refused).toMatchObject({ code: 'full', retryable: true });
    expect(await orders.pay((await reserve('bob')).id, BOB)).toMatchObject({ kind: 'ok' });
    for (const { id } of mine) held.delete(id);
    for (const { go } of waiting) go();
    await Promise.allSettled(asked);
    const states = await Promise.all(mine.map(({ id }) => orders.pay(id, ANN).then(({ kind }) => kind)));
    expect(new Set(states)).toEqual(new Set(['ok']));
  });

  it('end with a fault when the provider hangs, and can be repeated', async () => {
    const after = (ms: number, task: () => void) => {
      due.push({ ms, task });
      return () => undefined;
    };
    const due: { readonly ms: number; readonly task: () => void }[] = [];
    const { orders, reserve, held, waiting } = await rig(after);
    const order = await reserve('ann');
    held.add(order.id);
    const asked = Array.from({ length: 3 }, () => orders.pay(order.id, ANN).catch((fault: unknown) => fault));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    expect(Math.max(...due.map(({ ms }) => ms))).toBeLessThan(10_000);
    for (const { task } of due) task();
    for (const fault of await Promise.all(asked)) expect(fault).toMatchObject({ code: 'timeout', retryable: true });
    held.clear();
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'ok' });
  });
});
