import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PURCHASE_LIMITS, purchaseRig } from '../../../test/support/purchase-rig.ts';
import { ATTEMPT_WINDOW_MS } from '../../ports/ticket-queue.ts';
import type { PurchaseLimits } from './contract.ts';

const SALE = { total: 1000, perBuyerLimit: 1000 };

describe.each([
  ['two steps', false],
  ['one step', true],
])('attempts to buy, in %s', (_, oneStep) => {
  it('beyond the limit are answered with it and with the time until reset', async () => {
    const { buy, clock } = await purchaseRig({ attempts: 2, oneStep, sale: SALE });
    clock.advance(ATTEMPT_WINDOW_MS - (clock.now() % ATTEMPT_WINDOW_MS) + 12_345);
    const kinds = [await buy('ann'), await buy('ann'), await buy('bob')].map((outcome) => outcome?.kind);
    expect(kinds).toEqual(['reserved', 'reserved', 'reserved']);

    const refusal = { kind: 'tooManyAttempts', limit: 2, resetMs: ATTEMPT_WINDOW_MS - 12_345 };
    expect(await buy('ann')).toEqual(refusal);
    clock.advance(refusal.resetMs - 1);
    expect(await buy('ann')).toEqual({ ...refusal, resetMs: 1 });
    clock.advance(1);
    expect(await buy('ann')).toMatchObject({ kind: 'reserved' });
  });

  it('follow the limit as it changes', async () => {
    const limits$ = new BehaviorSubject<PurchaseLimits>(PURCHASE_LIMITS);
    const { buy } = await purchaseRig({ limits$, oneStep, sale: SALE });
    const kind = async () => (await buy('ann'))?.kind;
    const change = (attempts: number) => limits$.next({ ...PURCHASE_LIMITS, attempts });
    expect([await kind(), await kind()]).toEqual(['reserved', 'reserved']);
    change(1);
    expect([await kind(), await kind()]).toEqual(['reserved', 'tooManyAttempts']);
    change(2);
    expect([await kind(), await kind()]).toEqual(['reserved', 'tooManyAttempts']);
    change(0);
    expect([await kind(), await kind()]).toEqual(['reserved', 'reserved']);
  });
});

describe('attempts to buy', () => {
  it('are not counted while the sale is remembered as sold out, since the queue is not called', async () => {
    const { buy, reserved } = await purchaseRig({ attempts: 2, sale: { total: 1 } });
    await buy('bob');
    await buy('ann');
    const asked = reserved.length;
    for (let n = 0; n < 5; n += 1) expect(await buy('ann')).toEqual({ kind: 'soldOut' });
    expect(reserved).toHaveLength(asked);
    expect([await buy('ann', 'k1'), await buy('ann', 'k2')]).toMatchObject([
      { kind: 'soldOut' },
      { kind: 'tooManyAttempts' },
    ]);
  });
});
