import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TokenRevocations } from '../../../src/ports/token-revocations.ts';

export interface TokenRevocationsHarness {
  readonly store: TokenRevocations;
  /** The same store over another connection, as another process has it. */
  readonly other: TokenRevocations;
  close(): Promise<void>;
}

const AT = 1_800_000_000_000;

/** What every store of revoked tokens must do. `open` makes an empty one. */
export function tokenRevocationsContract(name: string, open: () => Promise<TokenRevocationsHarness>): void {
  describe(`token revocations: ${name}`, () => {
    let harness: TokenRevocationsHarness;
    let store: TokenRevocations;
    const revoke = (userId: string, notBefore: number, on = store) =>
      on.revoke({ userId, notBefore, at: AT, by: 'boss' });
    const all = (on = harness.other) => on.list({ after: '', limit: 1000 });

    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(async () => harness?.close());

    test('are none at first', async () => {
      expect(await all()).toEqual([]);
      expect(await store.revision()).toBe(0);
    });

    test('are never taken back by an earlier time, and are the same on every connection', async () => {
      expect(await revoke('u1', AT)).toBe(AT);
      expect(await revoke('u1', AT - 1, harness.other)).toBe(AT);
      expect(await all()).toEqual([{ userId: 'u1', notBefore: AT }]);
      expect(await revoke('u1', AT + 1, harness.other)).toBe(AT + 1);
      expect(await all(store)).toEqual([{ userId: 'u1', notBefore: AT + 1 }]);
    });

    test('raise the revision each', async () => {
      const revisions = [await store.revision()];
      for (const [userId, time] of [
        ['u1', 1],
        ['u2', 1],
        ['u1', 2],
      ] as const) {
        await revoke(userId, AT + time);
        revisions.push(await harness.other.revision());
      }
      expect(new Set(revisions).size).toBe(4);
      expect(revisions.toSorted((a, b) => a - b)).toEqual(revisions);
    });

    test('distinguish users to the letter, and are listed in pages', async () => {
      const users = ['!', "'--", 'U1', 'u1', 'u1!', `${'u'.repeat(128)}`, '~'];
      for (const userId of users) await revoke(userId, AT);
      expect((await all()).map(({ userId }) => userId)).toEqual(users.toSorted());
      expect((await store.list({ after: 'U1', limit: 2 })).map(({ userId }) => userId)).toEqual(['u1', 'u1!']);
      expect(await store.list({ after: '~', limit: 2 })).toEqual([]);
    });

    test('of concurrent calls the latest time wins', async () => {
      for (let round = 0; round < 20; round += 1) {
        const times = [3, 1, 2, 4].map((n) => AT + 10 * round + n);
        await Promise.all(times.map((time, n) => revoke('u1', time, n % 2 === 0 ? store : harness.other)));
        expect(await all()).toEqual([{ userId: 'u1', notBefore: AT + 10 * round + 4 }]);
      }
    });
  });
}
