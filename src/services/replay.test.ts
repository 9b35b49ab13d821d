import { describe, expect, it } from 'vitest';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { aRecord } from '../../test/support/log-chunks.ts';
import { aSale } from '../../test/support/sales.ts';
import { type LogRecord, orderOf, type ReservationsRecord } from '../domain/log-record.ts';
import type { DeadLetter, DecodedDeadLetter } from '../ports/order-log.ts';
import { planReplay, type ReplayStep, replay } from './replay.ts';

const GROUP = 'settlement';
const RECORD = aRecord([1, 2], { epoch: 1 });

const letterOf = (record: LogRecord | string, offset = 7): DecodedDeadLetter => ({
  group: GROUP,
  partition: 3,
  offset,
  reason: 'value out of range',
  attempts: 3,
  ...(typeof record === 'string'
    ? { raw: record, record: undefined, error: 'not JSON' }
    : { raw: JSON.stringify(record), record }),
});

/** A log that records its changes, in order. */
function rig({ letters, epoch = 1 }: { letters: readonly DecodedDeadLetter[]; epoch?: number }) {
  const store = new MemoryOrderStore();
  const catalogue = new MemoryCatalogue();
  void catalogue.addSale(aSale({ epoch }));
  const done: string[] = [];
  const appended: ReservationsRecord[] = [];
  const hooks = { append: async () => {} };
  const open = [...letters];
  const log = {
    deadLetters: async function* () {
      yield* [...open];
    },
    append: async (record: ReservationsRecord) => {
      await hooks.append();
      appended.push(record);
      done.push('append');
    },
    replayed: async (letter: DeadLetter) => {
      open.splice(
        open.findIndex(({ offset }) => offset === letter.offset),
        1,
      );
      done.push(`replayed ${letter.offset}`);
    },
  };
  const fence = (fenceEpoch: number, offset: number) =>
    store.store({
      group: GROUP,
      positions: [],
      orders: [],
      fences: [{ partition: 3, saleId: RECORD.saleId, epoch: fenceEpoch, offset }],
    });
  return { ports: { log, store, catalogue }, store, fence, done, appended, open, hooks };
}

async function all(steps: AsyncIterable<ReplayStep>): Promise<ReplayStep[]> {
  const list: ReplayStep[] = [];
  for await (const step of steps) list.push(step);
  return list;
}

describe('a planned replay', () => {
  it('names what it would append, without doing it', async () => {
    const letter = letterOf(RECORD);
    const { ports, done } = rig({ letters: [letter] });
    expect(await all(planReplay(ports))).toEqual([{ action: 'append', letter, record: RECORD }]);
    expect(done).toEqual([]);
  });

  it('keeps a letter without a valid record, and says why', async () => {
    const { ports } = rig({ letters: [letterOf('{"type":')] });
    expect(await all(planReplay(ports))).toMatchObject([
      { action: 'keep', why: expect.stringMatching(/^not a record: ./) },
    ]);
  });

  it('keeps a fence, which would end other records at another offset', async () => {
    const { ports } = rig({ letters: [letterOf({ type: 'fence', saleId: RECORD.saleId, epoch: 2 })] });
    expect(await all(planReplay(ports))).toMatchObject([{ action: 'keep', why: expect.stringMatching(/recover/) }]);
  });
});

describe('a replay', () => {
  it('appends each record before it marks its letter as replayed, and keeps the others', async () => {
    const { ports, done, appended, open } = rig({
      letters: [letterOf(RECORD, 7), letterOf('?', 8), letterOf(RECORD, 9)],
    });
    const steps = await all(replay(ports));
    expect(steps.map(({ action }) => action)).toEqual(['append', 'keep', 'append']);
    expect(done).toEqual(['append', 'replayed 7', 'append', 'replayed 9']);
    expect(appended).toEqual([RECORD, RECORD]);
    expect(open.map(({ offset }) => offset)).toEqual([8]);
  });

  it('keeps a letter whose record could not be appended', async () => {
    const { ports, open, hooks } = rig({ letters: [letterOf(RECORD)] });
    hooks.append = () => Promise.reject(new Error('down'));
    await expect(all(replay(ports))).rejects.toThrow('down');
    expect(open).toHaveLength(1);
  });

  it('gives a record from before the fence the current epoch: its buyer may have got a 201', async () => {
    const { ports, fence, appended } = rig({ letters: [letterOf(RECORD, 7)], epoch: 3 });
    await fence(2, 8);
    await fence(3, 20);
    await all(replay(ports));
    expect(appended).toEqual([{ ...RECORD, epoch: 3 }]);
  });

  it('keeps the epoch of a record from behind the fence, so that it is rejected again', async () => {
    const { ports, fence, appended } = rig({ letters: [letterOf(RECORD, 7)], epoch: 3 });
    await fence(2, 6);
    await all(replay(ports));
    expect(appended).toEqual([RECORD]);
  });

  it('is a redelivery for the store when it is repeated after an interruption', async () => {
    const { ports, store, appended, open } = rig({ letters: [letterOf(RECORD)] });
    ports.log.replayed = () => Promise.reject(new Error('interrupted'));
    await expect(all(replay(ports))).rejects.toThrow('interrupted');
    await expect(all(replay(ports))).rejects.toThrow('interrupted');
    expect(open).toHaveLength(1);
    const results = [];
    for (const record of appended) {
      const orders = record.items.map((item) => ({ order: orderOf(record, item), key: item.key }));
      results.push(await store.store({ group: GROUP, positions: [], orders }));
    }
    expect(results.map(({ stored, repeated }) => [stored, repeated])).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });
});
