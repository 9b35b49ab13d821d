import { describe, expect, it } from 'vitest';
import { Wakeup } from './wakeup.ts';

describe('a wakeup', () => {
  it('ends a sleep', async () => {
    const wakeup = new Wakeup();
    const asleep = wakeup.sleep();
    wakeup.wake();

    await expect(asleep).resolves.toBe(true);
  });

  it('that came before the sleep is not missed', async () => {
    const wakeup = new Wakeup();
    wakeup.reset();
    wakeup.wake();

    await expect(wakeup.sleep()).resolves.toBe(true);
  });

  it('is discarded by a reset', async () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    wakeup.reset();
    const order: string[] = [];
    const asleep = wakeup.sleep().then(() => order.push('awake'));
    await new Promise(setImmediate);
    order.push('woken');
    wakeup.wake();
    await asleep;

    expect(order).toEqual(['woken', 'awake']);
  });

  it('is replaced by the time limit, which the result says', async () => {
    await expect(new Wakeup().sleep(1)).resolves.toBe(false);
  });
});
