import { describe, expect, it, vi } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { goesOn, purchaseRig } from '../../../test/support/purchase-rig.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { Fault, type FaultCode } from '../../domain/errors.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';

const DEADLINE_MS = 2000;

describe('when no order id may be made', () => {
  it.each([false, true])('takes no ticket and answers unavailable, atomic sale: %s', async (oneStep) => {
    const rig = await purchaseRig({ oneStep });
    rig.state.mayMakeIds = false;
    expect(await rig.buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
    expect(rig.batches[0]?.fault).toMatchObject({ code: 'unavailable' });
    expect([rig.reserved, rig.records]).toEqual([[], []]);
    expect(await auditQueue(rig.queue.auditSource, rig.sale.id)).toMatchObject({ held: 0 });
    rig.state.mayMakeIds = true;
    expect(await rig.buy('ann', 'key-1')).toMatchObject({ kind: 'reserved' });
    await goesOn(rig);
  });
});

describe('when the queue fails', () => {
  it.each<[FaultCode | 'bug', PurchaseOutcome['kind']]>([
    ['unavailable', 'unavailable'],
    ['timeout', 'unavailable'],
    ['full', 'overloaded'],
    ['fenced', 'recovering'],
    ['corrupt', 'unavailable'],
    ['config', 'unavailable'],
    ['bug', 'unavailable'],
  ])('with %s the answer is %s, nothing is logged, and the next purchase is served', async (code, kind) => {
    const rig = await purchaseRig();
    const fault = code === 'bug' ? new TypeError('bug') : new Fault(code, 'made up');
    rig.hooks.reserve = () => Promise.reject(fault);
    expect(await rig.buy('ann')).toEqual({ kind });
    expect(rig.batches[0]?.fault).toBe(fault);
    expect(rig.records).toEqual([]);
    await goesOn(rig);
  });

  it('after taking the ticket, the same key finds the order, publishes it and is answered with it', async () => {
    const rig = await purchaseRig();
    rig.hooks.reserve = async (proceed) => {
      await proceed();
      throw new Fault('unavailable', 'cut before the reply');
    };
    expect(await rig.buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
    expect(rig.records).toEqual([]);
    rig.hooks.reserve = (proceed) => proceed();
    const again = await rig.buy('ann', 'key-1');
    expect(again).toMatchObject({ kind: 'replayed', order: { tickets: [1], userId: 'ann' } });
    expect(rig.records.flatMap(({ items }) => items.map(({ orderId }) => orderId))).toEqual([
      again?.kind === 'replayed' ? again.order.id : '',
    ]);
    expect(await auditQueue(rig.queue.auditSource, rig.sale.id)).toMatchObject({ held: 1, pending: 0 });
  });

  it('with fewer answers than requests, every request is still answered', async () => {
    const rig = await purchaseRig();
    rig.hooks.reserve = async (proceed) => {
      const reply = await proceed();
      return reply.kind === 'answered' ? { ...reply, answers: reply.answers.slice(0, 1) } : reply;
    };
    const clicks = [rig.click('ann'), rig.click('bob')];
    await settled();
    expect(clicks.map((id) => rig.answers.get(id)?.map(({ kind }) => kind))).toEqual([['reserved'], ['unavailable']]);
  });
});

describe('when the catalogue fails', () => {
  it('the answer is unavailable and the queue is not called', async () => {
    const rig = await purchaseRig();
    rig.memory.clear();
    rig.hooks.find = () => Promise.reject(new Fault('unavailable', 'unreachable'));
    expect(await rig.buy('ann')).toEqual({ kind: 'unavailable' });
    expect(rig.reserved).toEqual([]);
    await goesOn(rig);
  });

  it('to answer before the deadline, no ticket is taken', async () => {
    const rig = await purchaseRig();
    rig.memory.clear();
    rig.hooks.find = (proceed) => {
      rig.clock.advance(DEADLINE_MS + 1);
      return proceed();
    };
    expect(await rig.buy('ann')).toEqual({ kind: 'overloaded' });
    expect(rig.reserved).toEqual([]);
  });
});

describe('when the log fails', () => {
  it('because it is not writable, no ticket is taken', async () => {
    const rig = await purchaseRig();
    rig.state.writable = false;
    expect(await rig.buy('ann')).toEqual({ kind: 'unavailable' });
    expect(rig.reserved).toEqual([]);
    await goesOn(rig);
  });

  it('so often that its breaker opens, no ticket is taken until the breaker lets a trial through', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    try {
      const rig = await purchaseRig({ logPolicy: { minimumRps: 1, windowMs: 5000, halfOpenAfterMs: 1000 } });
      rig.hooks.append = () => Promise.reject(new Fault('unavailable', 'unreachable'));
      for (let i = 0; i < 5; i += 1) await rig.buy(`early-${i}`);
      expect(await rig.buy('ann')).toEqual({ kind: 'unavailable' });
      expect(rig.reserved).toHaveLength(5);
      vi.advanceTimersByTime(1000);
      await goesOn(rig);
    } finally {
      vi.useRealTimers();
    }
  });

  it('to acknowledge in time, the answer is unavailable, and the key finds the order later', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    try {
      const rig = await purchaseRig({ logPolicy: { timeoutMs: 1800 } });
      const appended = deferred();
      rig.hooks.append = (proceed) => appended.promise.then(proceed);
      const id = rig.click('ann', 'key-1');
      await settled();
      vi.advanceTimersByTime(1800);
      await settled();
      expect(rig.answers.get(id)).toEqual([{ kind: 'unavailable' }]);
      expect(rig.batches[0]?.fault).toMatchObject({ code: 'timeout' });
      appended.resolve();
      await settled();
      expect(rig.answers.get(id)).toHaveLength(1);
      expect((await rig.buy('ann', 'key-1'))?.kind).toBe('replayed');
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<FaultCode>(['unavailable', 'timeout', 'full', 'corrupt'])(
    'with %s after the ticket was taken the answer is unavailable, and the relay gets the reservation',
    async (code) => {
      const rig = await purchaseRig();
      const fault = new Fault(code, 'made up');
      rig.hooks.append = () => Promise.reject(fault);
      expect(await rig.buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
      expect(rig.batches[0]?.fault).toBe(fault);
      rig.clock.advance(15_001);
      expect(await rig.queue.claimStranded(rig.sale.id, { leaseMs: 15_000, max: 9 })).toHaveLength(1);
      await goesOn(rig);
    },
  );

  it('a request for an order published before is answered all the same', async () => {
    const rig = await purchaseRig();
    const first = await rig.buy('ann', 'key-1');
    rig.hooks.append = () => Promise.reject(new Fault('unavailable', 'unreachable'));
    const clicks = [rig.click('ann', 'key-1'), rig.click('bob'), rig.click('ann')];
    await settled();
    expect(clicks.map((id) => rig.answers.get(id)?.[0])).toEqual([
      { ...first, kind: 'replayed' },
      { kind: 'unavailable' },
      { kind: 'limitReached', orderIds: [first?.kind === 'reserved' ? first.order.id : ''] },
    ]);
  });

  it('the same key publishes the same order again before it is answered', async () => {
    const rig = await purchaseRig();
    rig.hooks.append = () => Promise.reject(new Fault('timeout', 'unknown'));
    await rig.buy('ann', 'key-1');
    const appended = deferred();
    rig.hooks.append = (proceed) => appended.promise.then(proceed);
    const again = rig.click('ann', 'key-1');
    await settled();
    expect(rig.answers.get(again)).toEqual([]);
    appended.resolve();
    await settled();
    const [outcome] = rig.answers.get(again) ?? [];
    expect(outcome?.kind).toBe('replayed');
    expect(rig.records.flatMap(({ items }) => items.map(({ orderId }) => orderId))).toEqual([
      outcome?.kind === 'replayed' ? outcome.order.id : '',
    ]);
  });
});

describe('marking as published', () => {
  it('is not waited for', async () => {
    const rig = await purchaseRig();
    rig.hooks.published = () => deferred().promise;
    expect((await rig.buy('ann'))?.kind).toBe('reserved');
  });

  it.each([
    ['is rejected', () => Promise.reject(new Error('unreachable'))],
    [
      'throws',
      () => {
        throw new Error('unreachable');
      },
    ],
  ])('that %s is reported, and the order is answered', async (_, published) => {
    const rig = await purchaseRig();
    rig.hooks.published = published;
    expect((await rig.buy('ann'))?.kind).toBe('reserved');
    expect(rig.unmarked).toEqual([new Error('unreachable')]);
    expect(await auditQueue(rig.queue.auditSource, rig.sale.id)).toMatchObject({ pending: 1 });
    await goesOn(rig);
  });
});

describe('the stream', () => {
  it('completes when the requests have completed and all are answered', async () => {
    const rig = await purchaseRig();
    const appended = deferred();
    rig.hooks.append = (proceed) => appended.promise.then(proceed);
    const id = rig.click('ann');
    rig.complete();
    await settled();
    expect([rig.ends, rig.answers.get(id)]).toEqual([[], []]);
    appended.resolve();
    await settled();
    expect(rig.ends).toEqual(['complete']);
    expect(rig.answers.get(id)?.[0]?.kind).toBe('reserved');
  });
});
