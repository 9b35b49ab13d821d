import { describe, expect, it } from 'vitest';
import { logRecord } from '../../../test/contract/fixtures.ts';
import { RecentEntries } from './recent-entries.ts';

describe('recent entries', () => {
  const recentOf = (...positions: readonly number[]): RecentEntries => {
    const recent = new RecentEntries();
    for (const position of positions) recent.add(position, logRecord(position));
    return recent;
  };
  const offsets = (entries: readonly { readonly offset: number }[]) => entries.map(({ offset }) => offset);

  it('returns the entries from a position on, up to a number, once', () => {
    const recent = recentOf(4);
    const records = [5, 6, 7].map((position) => {
      const record = logRecord(position);
      recent.add(position, record);
      return record;
    });
    expect(recent.take(5, 2)).toEqual([
      { offset: 5, record: records[0] },
      { offset: 6, record: records[1] },
    ]);
    expect(recent.take(5, 2)).toEqual([]);
    expect(offsets(recent.take(7, 2))).toEqual([7]);
    expect(recent.take(8, 2)).toEqual([]);
  });

  it('returns nothing to a reader that has to read the file first', () => {
    const recent = recentOf(4, 5);
    expect(recent.take(3, 9)).toEqual([]);
    expect(offsets(recent.take(4, 9))).toEqual([4, 5]);
  });

  it.each([
    ['another process appended in between', (recent: RecentEntries) => recent.add(7, logRecord(7))],
    ['a record is only in the file', (recent: RecentEntries) => recent.add(6, undefined)],
  ])('never skips a gap: %s', (_, add) => {
    const recent = recentOf(4, 5);
    add(recent);
    recent.add(8, logRecord(8));
    expect(recent.take(4, 9)).toEqual([]);
    expect(offsets(recent.take(8, 9))).toEqual([8]);
  });

  it('drops all entries when a reader is too far behind', () => {
    const recent = recentOf(...Array.from({ length: 65 }, (_, n) => n + 1));
    expect(recent.take(1, 99)).toEqual([]);
    expect(offsets(recent.take(65, 99))).toEqual([65]);
  });

  it('knows the end of what this process has appended, also of what only the file has', () => {
    expect(new RecentEntries().end).toBeUndefined();
    const recent = recentOf(4);
    expect(recent.end).toBe(5);
    recent.add(5, undefined);
    expect(recent.end).toBe(6);
  });
});
