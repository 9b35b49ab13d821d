import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemorySettingsStore } from '../../test/support/fakes/memory-settings-store.ts';
import { aSettings } from '../../test/support/settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import { SettingsAdmin, settingsInForce } from './settings-admin.ts';

function rig() {
  const settingsStore = new MemorySettingsStore();
  const clock = new ManualClock();
  const published: BusEvent[] = [];
  const events = { publish: (event: BusEvent) => void published.push(event) };
  const admin = new SettingsAdmin({ settingsStore, clock, events, defaults: aSettings() });
  const change = (patch: Record<string, SettingValue | null>, expected?: readonly number[]) =>
    admin.change(new Map(Object.entries(patch)), 'boss', expected);
  return { admin, change, settingsStore, clock, published };
}

describe('a change of the settings', () => {
  it('is in force, is published to every process, and is recorded with its author, time and old values', async () => {
    const { admin, change, clock, published } = rig();
    await change({ logLevel: 'debug', 'purchase.capacity': 5 });
    const at = clock.now();
    clock.advance(1000);
    expect(await change({ 'purchase.capacity': 6 })).toMatchObject({
      kind: 'changed',
      view: {
        version: 2,
        settings: { logLevel: 'debug', purchase: { capacity: 6, batchSize: 64 } },
        defaults: aSettings(),
        changed: ['logLevel', 'purchase.capacity'],
      },
    });
    expect(published).toEqual([1, 2].map((version) => ({ type: 'settings', version })));
    expect((await admin.history({ limit: 9 })).items).toEqual([
      { version: 2, at: at + 1000, by: 'boss', changes: [{ name: 'purchase.capacity', from: 5, to: 6 }] },
      {
        version: 1,
        at,
        by: 'boss',
        changes: [
          { name: 'logLevel', from: null, to: 'debug' },
          { name: 'purchase.capacity', from: null, to: 5 },
        ],
      },
    ]);
  });

  it('to null resets a setting to its default', async () => {
    const { change, admin } = rig();
    await change({ 'purchase.capacity': 5, logLevel: 'warn' });
    await change({ 'purchase.capacity': null });
    expect(await admin.view()).toMatchObject({
      settings: { logLevel: 'warn', purchase: { capacity: 8192 } },
      changed: ['logLevel'],
    });
    const [newest] = (await admin.history({ limit: 1 })).items;
    expect(newest?.changes).toEqual([{ name: 'purchase.capacity', from: 5, to: null }]);
  });

  it('without effect is not stored', async () => {
    const { change, published } = rig();
    await change({ logLevel: 'warn' });
    const same = await change({ logLevel: 'warn', 'purchase.capacity': null });
    expect(same).toMatchObject({ kind: 'changed', view: { version: 1 } });
    expect(published).toHaveLength(1);
  });

  it('applies to the expected version only; of two concurrent changes of it one is stale', async () => {
    const { change } = rig();
    const both = await Promise.all([change({ logLevel: 'warn' }, [0]), change({ logLevel: 'error' }, [0])]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'stale']);
    expect(await change({ logLevel: 'fatal' }, [2])).toEqual({ kind: 'stale' });
    expect(await change({ logLevel: 'fatal' }, [1])).toMatchObject({ view: { version: 2 } });
  });

  it('without an expected version is applied to what a concurrent change left', async () => {
    const { change, admin } = rig();
    await Promise.all([change({ logLevel: 'warn' }), change({ 'purchase.capacity': 5 })]);
    expect(await admin.view()).toMatchObject({ version: 2, settings: { logLevel: 'warn', purchase: { capacity: 5 } } });
  });

  it('keeps what another release has stored', async () => {
    const { change, settingsStore, admin } = rig();
    await settingsStore.add({ version: 1, at: 1, by: 'future', changes: [] }, { 'future.setting': 7 });
    await change({ logLevel: 'warn' });
    expect((await settingsStore.read()).overrides).toEqual({ 'future.setting': 7, logLevel: 'warn' });
    expect((await admin.view()).changed).toEqual(['logLevel']);
  });
});

describe('the deadline of purchases', () => {
  it("is never longer than the environment's, which a recovery waits out", async () => {
    const { change, published } = rig();
    expect(await change({ 'purchase.deadlineMs': 2001 })).toMatchObject({
      kind: 'invalid',
      errors: [{ name: 'purchase.deadlineMs' }],
    });
    expect(published).toEqual([]);
    expect(await change({ 'purchase.deadlineMs': 2000 })).toMatchObject({ kind: 'changed' });
  });

  it('is limited to this environment’s when another process allowed more', () => {
    expect(settingsInForce(aSettings(), { 'purchase.deadlineMs': 9000 }).purchase.deadlineMs).toBe(2000);
    expect(settingsInForce(aSettings(), { 'purchase.deadlineMs': 500 }).purchase.deadlineMs).toBe(500);
  });
});

describe('the history', () => {
  it('is listed in pages, which say whether another one follows', async () => {
    const { change, admin } = rig();
    for (const capacity of [1, 2, 3]) await change({ 'purchase.capacity': capacity });
    const first = await admin.history({ limit: 2 });
    expect([first.items.map(({ version }) => version), first.next]).toEqual([[3, 2], 2]);
    const last = await admin.history({ limit: 2, before: 2 });
    expect([last.items.map(({ version }) => version), last.next]).toEqual([[1], undefined]);
    expect((await admin.history({ limit: 3 })).next).toBeUndefined();
  });
});
