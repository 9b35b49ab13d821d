import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Leases } from '../../../src/ports/leases.ts';
import { newName } from '../fixtures.ts';

export interface LeasesHarness {
  readonly leases: Leases;
  /** The same leases as another process sees them. */
  readonly other: Leases;
  /** Lets time pass for every held lease; a negative time is a clock that is set back. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Far longer than a test takes: only `pass` ends a lease. */
const TTL_MS = 600_000;

/** The contract of leases, wherever they are stored. */
export function leasesContract(name: string, open: () => Promise<LeasesHarness>): void {
  describe(`leases: ${name}`, () => {
    let harness: LeasesHarness;
    let leases: Leases;
    let other: Leases;

    beforeAll(async () => {
      harness = await open();
      ({ leases, other } = harness);
    });
    afterAll(async () => harness?.close());

    test('a lease has one holder at a time', async () => {
      const [one, two] = [newName('lease'), newName('lease')];
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(true);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(false);
      expect(await leases.acquire(one, 'Ann', TTL_MS)).toBe(false);
      expect(await other.acquire(two, 'bob', TTL_MS)).toBe(true);
    });

    test('a lease lasts for its time and no longer', async () => {
      const one = newName('lease');
      await leases.acquire(one, 'ann', TTL_MS);
      await harness.pass(TTL_MS / 2);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(false);
      await harness.pass(TTL_MS / 2);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(true);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(false);
    });

    test('its holder renews it from now on', async () => {
      const one = newName('lease');
      await leases.acquire(one, 'ann', TTL_MS);
      for (let i = 0; i < 4; i += 1) {
        await harness.pass(TTL_MS / 2);
        expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(true);
        expect(await other.acquire(one, 'bob', TTL_MS)).toBe(false);
      }
      expect(await leases.acquire(one, 'ann', TTL_MS / 4)).toBe(true);
      await harness.pass(TTL_MS / 2);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(true);
    });

    test('its holder can renew it many times at the same moment', async () => {
      const one = newName('lease');
      const answers = await Promise.all(Array.from({ length: 20 }, () => leases.acquire(one, 'ann', TTL_MS)));
      expect(new Set(answers)).toEqual(new Set([true]));
    });

    test('its holder can take an expired lease again that no other took', async () => {
      const one = newName('lease');
      await leases.acquire(one, 'ann', TTL_MS);
      await harness.pass(2 * TTL_MS);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(true);
    });

    test('is free as soon as its holder releases it, which no other can', async () => {
      const one = newName('lease');
      await leases.acquire(one, 'ann', TTL_MS);
      await other.release(one, 'bob');
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(false);
      await leases.release(one, 'ann');
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(true);
      await leases.release(one, 'ann');
      await leases.release(newName('lease'), 'ann');
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(false);
    });

    test('lists all held leases with a prefix', async () => {
      const prefix = `${newName('held')}%_`;
      await leases.acquire(`${prefix}1`, 'ann', TTL_MS / 4);
      await harness.pass(TTL_MS / 2);
      for (const n of [2, 3, 4]) await leases.acquire(`${prefix}${n}`, `holder-${n}`, TTL_MS);
      await leases.acquire(`${prefix.slice(0, -2)}xx5`, 'ann', TTL_MS);
      await leases.release(`${prefix}4`, 'holder-4');
      expect((await other.held(prefix, TTL_MS)).toSorted()).toEqual([`${prefix}2`, `${prefix}3`]);
      expect(await other.held(newName('held'), TTL_MS)).toEqual([]);
    });

    test('a lease further in the future than its time is void: its clock was ahead', async () => {
      const one = newName('ahead');
      await leases.acquire(one, 'ann', TTL_MS);
      await harness.pass(-6 * TTL_MS);
      expect(await leases.held(one, TTL_MS)).toEqual([]);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(true);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(false);
      expect(await leases.held(one, TTL_MS)).toEqual([one]);
      await harness.pass(TTL_MS / 2);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(false);
      await harness.pass(TTL_MS / 2);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(true);
    });

    test('a lease from a clock that was ahead is renewed by its holder, and then lasts for its time', async () => {
      const one = newName('ahead');
      await leases.acquire(one, 'ann', TTL_MS);
      await harness.pass(-6 * TTL_MS);
      expect(await leases.acquire(one, 'ann', TTL_MS)).toBe(true);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(false);
      await harness.pass(TTL_MS);
      expect(await other.acquire(one, 'bob', TTL_MS)).toBe(true);
    });

    test('a void lease is granted to exactly one of many concurrent requests', async () => {
      const one = newName('ahead');
      await leases.acquire(one, 'ann', TTL_MS);
      await harness.pass(-6 * TTL_MS);
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? leases : other).acquire(one, `holder-${i}`, TTL_MS)),
      );
      expect(answers.filter((answer) => answer)).toHaveLength(1);
    });

    test('is granted to exactly one of many concurrent requests, both new and expired', async () => {
      for (let round = 0; round < 10; round += 1) {
        const one = newName('lease');
        for (const generation of ['new', 'expired']) {
          const answers = await Promise.all(
            Array.from({ length: 16 }, (_, i) =>
              (i % 2 === 0 ? leases : other).acquire(one, `${generation}-${i}`, TTL_MS),
            ),
          );
          expect(answers.filter((answer) => answer)).toHaveLength(1);
          expect(await leases.acquire(one, `${generation}-${answers.indexOf(true)}`, TTL_MS)).toBe(true);
          await harness.pass(TTL_MS);
        }
      }
    });
  });
}
