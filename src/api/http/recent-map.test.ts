import { describe, expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

describe('RecentMap', () => {
  it('never holds more than its capacity', () => {
    const map = new RecentMap<number, number>(10);
    for (let i = 0; i < 1000; i += 1) {
      map.set(i, i);
      expect(map.size).toBeLessThanOrEqual(10);
    }
  });

  it('keeps an entry in use while others pass through', () => {
    const map = new RecentMap<string, number>(4);
    map.set('used', 1);
    for (let i = 0; i < 100; i += 1) {
      map.set(`other ${i}`, i);
      expect(map.get('used')).toBe(1);
    }
    expect(map.get('other 0')).toBeUndefined();
  });

  it('returns the last value set, even if an older generation has another', () => {
    const map = new RecentMap<string, number>(4);
    map.set('a', 1);
    map.set('b', 1);
    map.set('c', 1);
    map.set('a', 2);
    expect(map.get('a')).toBe(2);
  });
});
