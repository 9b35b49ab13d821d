import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { purchaseRig } from '../../../test/support/purchase-rig.ts';

const DEADLINE_MS = 2000;

describe('the deadline', () => {
  it('is checked before the queue is called', async () => {
    const rig = await purchaseRig({ concurrency: 1 });
    const held = deferred();
    rig.hooks.reserve = (proceed) => held.promise.then(proceed);
    rig.click('ann');
    await settled();
    const late = rig.click('bob');
    rig.clock.advance(1);
    const inTime = rig.click('cyd');
    rig.clock.advance(DEADLINE_MS);
    held.resolve();
    await settled();
    await settled();
    expect(rig.answers.get(late)).toEqual([{ kind: 'overloaded' }]);
    expect(rig.answers.get(inTime)?.[0]?.kind).toBe('reserved');
    expect(rig.reserved.map((items) => items.map(({ userId }) => userId))).toEqual([['ann'], ['cyd']]);
  });

  it('is checked again before an order is answered', async () => {
    const rig = await purchaseRig();
    const appended = deferred();
    rig.hooks.append = (proceed) => appended.promise.then(proceed);
    const late = rig.click('ann', 'key-1');
    rig.clock.advance(1);
    const inTime = rig.click('bob');
    await settled();
    rig.clock.advance(DEADLINE_MS);
    appended.resolve();
    await settled();
    expect(rig.answers.get(late)).toEqual([{ kind: 'unavailable' }]);
    expect(rig.answers.get(inTime)?.[0]?.kind).toBe('reserved');
    expect((await rig.buy('ann', 'key-1'))?.kind).toBe('replayed');
  });

  it('is checked before an earlier order is answered', async () => {
    const rig = await purchaseRig();
    await rig.buy('ann', 'key-1');
    rig.hooks.reserve = async (proceed) => {
      const reply = await proceed();
      rig.clock.advance(DEADLINE_MS + 1);
      return reply;
    };
    expect(await rig.buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
  });

  it('is checked before an earlier order that shares its batch with a slow one is answered', async () => {
    const rig = await purchaseRig();
    await rig.buy('ann', 'key-1');
    rig.hooks.append = async (proceed) => {
      rig.clock.advance(DEADLINE_MS + 1);
      await proceed();
    };
    const clicks = [rig.click('ann', 'key-1'), rig.click('bob')];
    await settled();
    expect(clicks.map((id) => rig.answers.get(id)?.[0]?.kind)).toEqual(['unavailable', 'unavailable']);
  });

  it('does not hide a refusal', async () => {
    const rig = await purchaseRig({ sale: { total: 1 } });
    await rig.buy('ann');
    rig.hooks.reserve = async (proceed) => {
      const reply = await proceed();
      rig.clock.advance(DEADLINE_MS + 1);
      return reply;
    };
    expect(await rig.buy('bob')).toEqual({ kind: 'soldOut' });
  });
});
