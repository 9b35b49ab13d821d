import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SettingsChange, SettingsStore } from '../../../src/ports/settings-store.ts';

export interface SettingsStoreHarness {
  readonly store: SettingsStore;
  /** The same store over another connection, as another process has it. */
  readonly other: SettingsStore;
  close(): Promise<void>;
}

/** Enough for two concurrent changes to collide. */
const RACES = 50;

const change = (version: number, parts: Partial<SettingsChange> = {}): SettingsChange => ({
  version,
  at: 1_800_000_000_000 + version,
  by: 'boss',
  changes: [{ name: 'purchase.capacity', from: null, to: version }],
  ...parts,
});

/** What every settings store must do. `open` makes an empty one. */
export function settingsStoreContract(name: string, open: () => Promise<SettingsStoreHarness>): void {
  describe(`settings store: ${name}`, () => {
    let harness: SettingsStoreHarness;
    let store: SettingsStore;

    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(async () => harness?.close());

    test('is at version 0 without overrides at first', async () => {
      expect(await store.read()).toEqual({ version: 0, overrides: {} });
      expect(await store.history({ limit: 10 })).toEqual([]);
    });

    test('returns the result of the last change, on every connection', async () => {
      const overrides = { logLevel: 'debug', 'purchase.capacity': 1_000_000, 'breakers.failureShare': 0.25 };
      expect(await store.add(change(1), { logLevel: 'warn', unknown: 'kept' })).toBe(true);
      expect(await harness.other.read()).toEqual({ version: 1, overrides: { logLevel: 'warn', unknown: 'kept' } });
      expect(await harness.other.add(change(2), overrides)).toBe(true);
      expect(await store.read()).toEqual({ version: 2, overrides });
      expect(await store.add(change(3), {})).toBe(true);
      expect(await harness.other.read()).toEqual({ version: 3, overrides: {} });
    });

    test('rejects a second change of the same version', async () => {
      await store.add(change(1), { logLevel: 'warn' });
      for (const second of [change(1, { by: 'another' }), change(1)]) {
        expect(await harness.other.add(second, { logLevel: 'error' })).toBe(false);
      }
      expect(await store.read()).toEqual({ version: 1, overrides: { logLevel: 'warn' } });
      expect(await store.history({ limit: 10 })).toEqual([change(1)]);
      expect(await harness.other.add(change(2), {})).toBe(true);
    });

    test('accepts exactly one of two concurrent changes', async () => {
      for (let version = 1; version <= RACES; version += 1) {
        const added = await Promise.all(
          [store, harness.other].map((one, n) => one.add(change(version, { by: `${n}` }), { winner: n })),
        );
        expect(added.toSorted()).toEqual([false, true]);
        expect(await store.read()).toEqual({ version, overrides: { winner: added.indexOf(true) } });
      }
      const history = await store.history({ limit: 200 });
      expect(history.map(({ version }) => version)).toEqual(Array.from({ length: RACES }, (_, n) => RACES - n));
    });

    test('lists who changed what, newest first, in pages', async () => {
      const history = [
        change(1, { by: '!Zoë~"1\'', changes: [{ name: 'logLevel', from: null, to: 'debug' }] }),
        change(2, {
          changes: [
            { name: 'logLevel', from: 'debug', to: null },
            { name: 'breakers.failureShare', from: null, to: 0.25 },
          ],
        }),
        change(3),
      ];
      for (const one of history) await store.add(one, {});
      expect(await harness.other.history({ limit: 10 })).toStrictEqual(history.toReversed());
      expect((await store.history({ limit: 2 })).map(({ version }) => version)).toEqual([3, 2]);
      expect((await store.history({ limit: 2, before: 2 })).map(({ version }) => version)).toEqual([1]);
      expect(await store.history({ limit: 2, before: 1 })).toEqual([]);
    });
  });
}
