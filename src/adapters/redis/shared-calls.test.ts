import { describe, expect, it } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import type { RedisServers } from './servers.ts';
import { shareCalls } from './shared-calls.ts';

/** The counts of a shared call's arguments, one for each sale. */
const COUNTS = /^\[[\d,]+\]$/;

function rig({ salesPerCommand = 250, fails = false } = {}) {
  /** How many sales each call had. */
  const sent: number[] = [];
  const servers: Pick<RedisServers, 'call' | 'salesPerCommand'> = {
    salesPerCommand,
    call: async (_saleId, _command, args) => {
      const values = typeof args === 'function' ? args('run id') : args;
      const counts = JSON.parse(values.find((value) => COUNTS.test(String(value))) as string) as readonly number[];
      sent.push(counts.length);
      if (fails) throw new Fault('timeout', 'no answer');
      return counts.map((_, n) => `shared ${n}`);
    },
  };
  const alone: string[] = [];
  const call = shareCalls({ servers: servers as RedisServers, prefix: 'p:' }, async (_name, saleId) => {
    alone.push(saleId);
    return 'alone';
  });
  return {
    sent,
    alone,
    reserve: (saleId: string, orders = 1) => call('reserve', saleId, [1, 0, '[]', 0, ''], orders),
    call,
  };
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `sale-${n}`);

describe('calls of several sales', () => {
  it('that are made together are one, and each gets its own reply', async () => {
    const { reserve, sent, alone } = rig();
    expect(await Promise.all(names(3).map((id) => reserve(id)))).toEqual(['shared 0', 'shared 1', 'shared 2']);
    expect([sent, alone]).toEqual([[3], []]);
  });

  it('are not shared by one alone, by a later one, or by another script', async () => {
    const { reserve, call, sent, alone } = rig();
    await reserve('a');
    await reserve('b');
    await Promise.all([reserve('c'), call('published', 'd', [1, 'x'], 1)]);
    expect([sent, alone]).toEqual([[], ['a', 'b', 'c', 'd']]);
  });

  it('have a limited number of sales and of orders, so that full batches go one by one', async () => {
    const many = rig();
    await Promise.all(names(100).map((id) => many.reserve(id)));
    expect(many.sent).toEqual([64, 36]);
    const full = rig();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id, n) => full.reserve(id, n < 2 ? 128 : 64)));
    expect([full.sent, full.alone]).toEqual([[2], ['a', 'b', 'e']]);
  });

  it('are of different sales: the second call of one comes after the first', async () => {
    const { reserve, sent, alone } = rig();
    await Promise.all(['a', 'b', 'a'].map((id) => reserve(id)));
    expect([sent, alone]).toEqual([[2], ['a']]);
  });

  it('all fail with the call that they share', async () => {
    const { reserve } = rig({ fails: true });
    const results = await Promise.allSettled(names(3).map((id) => reserve(id)));
    expect(results.map((one) => one.status === 'rejected' && one.reason.code)).toEqual([
      'timeout',
      'timeout',
      'timeout',
    ]);
  });

  it('are not shared where a command may name the keys of one sale only', async () => {
    const { reserve, sent, alone } = rig({ salesPerCommand: 1 });
    await Promise.all(names(2).map((id) => reserve(id)));
    expect([sent, alone]).toEqual([[], names(2)]);
  });
});
