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
  const told: BusEvent[] = [];
  const events = { publish: (item: BusEvent) => void told.push(item) };
  const admin = new SettingsAdmin({ settingsStore, clock, events, defaults: aSettings() });
  const change = (patch: Record<string, SettingValue | null>, expectedVersion?: number) =>
    admin.change(new Map(Object.entries(patch)), 'boss', expectedVersion);
  return { admin, change, settingsStore, clock, told };
}

describe('a change of the settings', () => {
  it('is in force, is told to every process, and keeps who made it when and from what', async () => {
    const { admin, change, clock, told } = rig();
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
    expect(told).toEqual([1, 2].map((version) => ({ type: 'settings', version })));
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

  it('to null puts a setting back to its default', async () => {
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

  it('that changes nothing is not kept', async () => {
    const { change, told } = rig();
    await change({ logLevel: 'warn' });
    const same = await change({ logLevel: 'warn', 'purchase.capacity': null });
    expect(same).toMatchObject({ kind: 'changed', view: { version: 1 } });
    expect(told).toHaveLength(1);
  });

  it('is made to the expected version only; of two who expect the same, one is told', async () => {
    const { change } = rig();
    const both = await Promise.all([change({ logLevel: 'warn' }, 0), change({ logLevel: 'error' }, 0)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'stale']);
    expect(await change({ logLevel: 'fatal' }, 2)).toEqual({ kind: 'stale' });
    expect(await change({ logLevel: 'fatal' }, 1)).toMatchObject({ view: { version: 2 } });
  });

  it('without an expected version is made again to what a rival left', async () => {
    const { change, admin } = rig();
    await Promise.all([change({ logLevel: 'warn' }), change({ 'purchase.capacity': 5 })]);
    expect(await admin.view()).toMatchObject({ version: 2, settings: { logLevel: 'warn', purchase: { capacity: 5 } } });
  });

  it('leaves alone what another release has stored', async () => {
    const { change, settingsStore, admin } = rig();
    await settingsStore.add({ version: 1, at: 1, by: 'future', changes: [] }, { 'future.setting': 7 });
    await change({ logLevel: 'warn' });
    expect((await settingsStore.read()).overrides).toEqual({ 'future.setting': 7, logLevel: 'warn' });
    expect((await admin.view()).changed).toEqual(['logLevel']);
  });
});

describe('the deadline of purchases', () => {
  it("is never more than the environment's, which a recovery waits out", async () => {
    const { change, told } = rig();
    expect(await change({ 'purchase.deadlineMs': 2001 })).toMatchObject({
      kind: 'invalid',
      errors: [{ name: 'purchase.deadlineMs' }],
    });
    expect(told).toEqual([]);
    expect(await change({ 'purchase.deadlineMs': 2000 })).toMatchObject({ kind: 'changed' });
  });

  it('that another process may have is cut to what this one may', () => {
    expect(settingsInForce(aSettings(), { 'purchase.deadlineMs': 9000 }).purchase.deadlineMs).toBe(2000);
    expect(settingsInForce(aSettings(), { 'purchase.deadlineMs': 500 }).purchase.deadlineMs).toBe(500);
  });
});

describe('the history', () => {
  it('comes in pages, and says whether another one follows', async () => {
    const { change, admin } = rig();
    for (const capacity of [1, 2, 3]) await change({ 'purchase.capacity': capacity });
    const first = await admin.history({ limit: 2 });
    expect([first.items.map(({ version }) => version), first.next]).toEqual([[3, 2], 2]);
    const last = await admin.history({ limit: 2, before: 2 });
    expect([last.items.map(({ version }) => version), last.next]).toEqual([[1], undefined]);
    expect((await admin.history({ limit: 3 })).next).toBeUndefined();
  });
});
