import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import type { MongoLiveState } from '../../src/adapters/mongo/live-state.ts';
import { createMongoLiveState } from '../../src/adapters/mongo/live-state.ts';
import { isFault } from '../../src/domain/errors.ts';
import type { LiveDelta, LiveState } from '../../src/ports/live-state.ts';
import { newName } from '../contract/fixtures.ts';
import { TEST_MONGODB_URL } from '../support/mongo-collection.ts';
import { up } from '../support/servers.ts';
import { wholeTimeline } from '../support/whole-timeline.ts';

const PATIENCE = { timeout: 60_000, interval: 10 };

/** Entry `offset` reserves one ticket, in a second of its own for each ten entries. */
function deltas(saleId: string, from: number, to: number): LiveDelta[] {
  return Array.from({ length: to - from }, (_, i) => {
    const offset = from + i;
    return { saleId, offset, second: 100 + Math.floor(offset / 10), reserved: 1 };
  });
}

async function expectTotals(live: LiveState, saleId: string, reserved: number): Promise<void> {
  const timeline = await wholeTimeline(live.timelinePages(saleId));
  expect(await live.sale(saleId)).toMatchObject({ reserved });
  expect(timeline.reduce((sum, point) => sum + point.reserved, 0)).toBe(reserved);
  expect(timeline.slice(0, -1).every((point) => point.reserved === 10)).toBe(true);
}

/** With a MongoDB of its own, which is killed. */
describe.skipIf(TEST_MONGODB_URL === undefined)('a failing MongoDB, with TEST_MONGODB_URL', () => {
  let servers: Servers;
  let url: string;
  const opened: MongoLiveState[] = [];

  beforeAll(async () => {
    servers = await up({ only: ['mongodb'] });
    url = servers.urls.MONGODB_URL ?? '';
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(() => servers.stop());

  const open = (collection: string): LiveState => {
    const one = createMongoLiveState({ url, collection });
    opened.push(one);
    return one.live;
  };

  it('has a long timeline in pages, with all seconds', async () => {
    const live = open(newName('c'));
    const seconds = Array.from({ length: 4500 }, (_, n) => 1_900_000_000 + n);
    for (let from = 0; from < seconds.length; from += 1500) {
      const some = seconds.slice(from, from + 1500);
      await live.apply(
        0,
        some.map((second, n) => ({ saleId: 'long', offset: from + n, second, reserved: 1 })),
      );
    }
    const found: number[] = [];
    let pages = 0;
    for await (const page of live.timelinePages('long')) {
      pages += 1;
      found.push(...page.map(({ second }) => second));
    }
    expect(pages).toBeGreaterThan(1);
    expect(found.sort((a, b) => a - b)).toEqual(seconds);
  });

  it('has each entry once after a restart, when failed calls are repeated', async () => {
    const live = open(newName('c'));
    const saleId = newName('sale');
    const refusals: unknown[] = [];
    let reached = 0;
    let goal = Number.POSITIVE_INFINITY;
    const reader = (async () => {
      while (reached < goal) {
        const ok = await live.apply(0, deltas(saleId, reached, reached + 7)).then(
          () => true,
          (error: unknown) => refusals.push(error) === 0,
        );
        if (ok) reached += 7;
      }
    })();
    await vi.waitFor(() => expect(reached).toBeGreaterThan(70), PATIENCE);

    await servers.stop('mongodb', 'SIGKILL');
    await vi.waitFor(() => expect(refusals.length).toBeGreaterThan(0), PATIENCE);
    await servers.start('mongodb');
    goal = reached + 70;
    await reader;

    expect(refusals.every((error) => isFault(error, 'unavailable') || isFault(error, 'timeout'))).toBe(true);
    await expectTotals(live, saleId, reached);
  });

  it('is reported as unavailable by every call while it is down', async () => {
    await servers.stop('mongodb');
    const live = open(newName('c'));
    const unavailable = { code: 'unavailable', retryable: true };

    await Promise.all([
      expect(live.apply(0, deltas('sale', 0, 1))).rejects.toMatchObject(unavailable),
      expect(live.sale('sale')).rejects.toMatchObject(unavailable),
      expect(wholeTimeline(live.timelinePages('sale'))).rejects.toMatchObject(unavailable),
      expect(live.ping()).rejects.toMatchObject(unavailable),
    ]);
    await servers.start('mongodb');
    await live.ping();
  });

  it('completes the writes of a crash between two documents, however the entries are split the next time', async () => {
    const collection = newName('c');
    const saleId = newName('sale');
    await open(collection).apply(0, deltas(saleId, 0, 20));
    const before = open(collection);
    await before.apply(0, deltas(saleId, 20, 45));
    const client = new MongoClient(url);
    // As if these two had not been written yet.
    const seconds = client.db().collection<{ _id: string }>(`${collection}.seconds`);
    await seconds.deleteOne({ _id: `${saleId}:102:0` });
    await seconds.updateOne({ _id: `${saleId}:104:0` }, { $set: { applied: 41, reserved: 2 } });
    await client.close();

    const after = open(collection);
    await after.apply(0, deltas(saleId, 20, 43));
    await after.apply(0, deltas(saleId, 37, 50));
    await expectTotals(after, saleId, 50);
  });

  it('has each entry once when a member that lost its partition continues for a while', async () => {
    const collection = newName('c');
    const saleId = newName('sale');
    const [old, heir] = [open(collection), open(collection)];
    await old.apply(0, deltas(saleId, 0, 20));
    await heir.apply(0, deltas(saleId, 10, 35));
    await old.apply(0, deltas(saleId, 20, 30));
    await old.apply(0, deltas(saleId, 30, 40));
    await heir.apply(0, deltas(saleId, 35, 50));

    await expectTotals(heir, saleId, 50);
  });
});
