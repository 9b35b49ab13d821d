import { describe, expect, it } from 'vitest';
import type { CountedChunk } from './counted.ts';
import { HeldEntries } from './held-entries.ts';

/** A chunk of entries, each given by its offset and the seconds of its reservations. */
function chunk(
  acked: string[],
  name: string,
  partition: number,
  ...entries: readonly [number, ...number[]][]
): CountedChunk {
  return {
    partition,
    entries: entries.map(([offset, ...seconds]) => ({
      offset,
      deltas: seconds.map((second) => ({ saleId: 's', offset, second, reserved: 1 })),
    })),
    ack: () => acked.push(name),
  };
}

function rig() {
  const acked: string[] = [];
  const held = new HeldEntries();
  const add = (name: string, partition: number, ...entries: readonly [number, ...number[]][]) =>
    held.add(chunk(acked, name, partition, ...entries));
  /** Partition and offsets of each batch; acknowledges what is due. */
  const take = (second?: number) =>
    (second === undefined ? held.takeAll() : held.takeBefore(second)).map(({ partition, entries, acks }) => {
      for (const ack of acks) ack();
      return [partition, ...entries.map(({ offset }) => offset)];
    });
  return { acked, held, add, take };
}

describe('HeldEntries', () => {
  it('gives the entries of seconds that are over, by partition and in their order, and keeps the others', () => {
    const { held, add, take } = rig();
    add('a', 0, [1, 7], [2, 7], [3, 8]);
    add('b', 1, [5, 8], [6, 8]);
    add('c', 2, [9, 6]);
    expect(take(8)).toEqual([
      [0, 1, 2],
      [2, 9],
    ]);
    expect(held.size).toBe(3);
    expect(take(9)).toEqual([
      [0, 3],
      [1, 5, 6],
    ]);
    expect(held.size).toBe(0);
  });

  it('acknowledges a chunk once its last entry is taken, in the order of the chunks', () => {
    const { acked, add, take } = rig();
    add('a', 0, [1, 7], [2, 8]);
    add('b', 0, [3, 8]);
    take(8);
    expect(acked).toEqual([]);
    take(9);
    expect(acked).toEqual(['a', 'b']);
  });

  it('keeps what lies behind an entry that stays', () => {
    const { acked, add, take } = rig();
    add('a', 0, [1, 7]);
    add('b', 0, [2, 7, 8]);
    add('c', 0, [3, 7]);
    expect(take(8)).toEqual([[0, 1]]);
    expect(acked).toEqual(['a']);
  });

  it('gives what it held when entries were taken before, whatever its second: a clock may be wrong', () => {
    const { add, take } = rig();
    add('a', 0, [1, 900]);
    expect(take(8)).toEqual([]);
    add('b', 0, [2, 900]);
    expect(take(8)).toEqual([[0, 1]]);
    expect(take(8)).toEqual([[0, 2]]);
  });

  it('gives entries without a reservation at once', () => {
    const { acked, add, take } = rig();
    add('a', 0, [1], [2]);
    expect(take(0)).toEqual([[0, 1, 2]]);
    expect(acked).toEqual(['a']);
  });

  it('gives everything on demand', () => {
    const { acked, held, add, take } = rig();
    add('a', 0, [1, 7], [2, 900]);
    add('b', 3, [1, 900]);
    expect(take()).toEqual([
      [0, 1, 2],
      [3, 1],
    ]);
    expect([acked, held.size]).toEqual([['a', 'b'], 0]);
  });
});
