import { describe, expect, it } from 'vitest';
import { logRecord } from '../../../test/contract/fixtures.ts';
import { RecentEntries } from './recent-entries.ts';

describe('fresh entries', () => {
  const freshOf = (...positions: readonly number[]): RecentEntries => {
    const fresh = new RecentEntries();
    for (const position of positions) fresh.add(position, logRecord(position));
    return fresh;
  };
  const offsets = (entries: readonly { readonly offset: number }[]) => entries.map(({ offset }) => offset);

  it('gives what follows a position, as much as is wanted, once', () => {
    const fresh = freshOf(4);
    const records = [5, 6, 7].map((position) => {
      const record = logRecord(position);
      fresh.add(position, record);
      return record;
    });
    expect(fresh.take(5, 2)).toEqual([
      { offset: 5, record: records[0] },
      { offset: 6, record: records[1] },
    ]);
    expect(fresh.take(5, 2)).toEqual([]);
    expect(offsets(fresh.take(7, 2))).toEqual([7]);
    expect(fresh.take(8, 2)).toEqual([]);
  });

  it('gives nothing to a reader that has to read the file first', () => {
    const fresh = freshOf(4, 5);
    expect(fresh.take(3, 9)).toEqual([]);
    expect(offsets(fresh.take(4, 9))).toEqual([4, 5]);
  });

  it.each([
    ['another process appended between', (fresh: RecentEntries) => fresh.add(7, logRecord(7))],
    ['a record is only in the file', (fresh: RecentEntries) => fresh.add(6, undefined)],
  ])('never jumps over a gap: %s', (_, add) => {
    const fresh = freshOf(4, 5);
    add(fresh);
    fresh.add(8, logRecord(8));
    expect(fresh.take(4, 9)).toEqual([]);
    expect(offsets(fresh.take(8, 9))).toEqual([8]);
  });

  it('lets go of all it has when a reader falls too far behind', () => {
    const fresh = freshOf(...Array.from({ length: 65 }, (_, n) => n + 1));
    expect(fresh.take(1, 99)).toEqual([]);
    expect(offsets(fresh.take(65, 99))).toEqual([65]);
  });

  it('tells where this process has appended last, even what only the file has', () => {
    expect(new RecentEntries().end).toBeUndefined();
    const fresh = freshOf(4);
    expect(fresh.end).toBe(5);
    fresh.add(5, undefined);
    expect(fresh.end).toBe(6);
  });
});
