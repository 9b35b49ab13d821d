import { describe, expect, it } from 'vitest';
import type { Waiter } from './slots.ts';
import { Slots } from './slots.ts';

const waiter = (): Waiter => ({ resolve: () => undefined, reject: () => undefined });

describe('slots', () => {
  it('gives each waiter a place of its own, and none when all are taken', () => {
    const slots = new Slots(2);
    const [a, b] = [waiter(), waiter()];
    const places = [slots.take(a), slots.take(b)];

    expect(new Set(places).size).toBe(2);
    expect(slots.full).toBe(true);
    expect(slots.take(waiter())).toBeUndefined();
    expect(slots.release(places[0] ?? -1)).toBe(a);
    expect(slots.release(places[1] ?? -1)).toBe(b);
    expect(slots.used).toBe(0);
  });

  it('gives a place that was released to the next one, and not to two', () => {
    const slots = new Slots(2);
    const place = slots.take(waiter()) ?? -1;
    slots.release(place);
    expect(slots.release(place)).toBeUndefined();

    const places = [slots.take(waiter()), slots.take(waiter()), slots.take(waiter())];
    expect(places.toSorted()).toEqual([0, 1, undefined]);
  });

  it('hands out all who wait, and is empty then', () => {
    const slots = new Slots(3);
    const [a, b] = [waiter(), waiter()];
    slots.take(a);
    slots.take(b);

    expect(new Set(slots.releaseAll())).toEqual(new Set([a, b]));
    expect(slots.used).toBe(0);
    expect(slots.full).toBe(false);
  });
});
