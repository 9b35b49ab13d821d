import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from './errors.ts';
import { createIdSource, isJobId, isOrderId, jobIdOf, MAX_NODE, ORDER_ID_LENGTH, timeOfOrderId } from './ids.ts';

const IDS_A_MS = 32_768;
/** The last millisecond that 9 characters hold. */
const END_OF_TIME = 32 ** 9 - 1;

const time = fc.integer({ min: 1, max: END_OF_TIME - 10_000_000 });
const node = fc.integer({ min: 0, max: MAX_NODE });

/** The node in an id: characters 9 and 10, Crockford base32. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const nodeOf = (id: string) => ALPHABET.indexOf(id[9] ?? '') * 32 + ALPHABET.indexOf(id[10] ?? '');

describe('createIdSource', () => {
  it('encodes time, node and sequence', () => {
    const newId = createIdSource({ node: 33, now: () => 32 });
    expect([newId(), newId()]).toEqual(['00000001011000', '00000001011001']);
  });

  it('makes ids that strictly increase as strings, whatever the clock does', () => {
    const jumps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -5000, max: 5000 })), { maxLength: 200 });
    fc.assert(
      fc.property(time, jumps, node, (start, steps, own) => {
        let nowMs = start + 1_000_000;
        const newId = createIdSource({ node: own, now: () => nowMs });
        let last = newId();
        for (const jump of steps) {
          nowMs += jump;
          const id = newId();
          expect(id > last).toBe(true);
          expect(isOrderId(id)).toBe(true);
          expect(nodeOf(id)).toBe(own);
          last = id;
        }
      }),
    );
  });

  it('uses the next millisecond when one is used up, and still increases when the clock gets there', () => {
    let nowMs = 1000;
    const newId = createIdSource({ node: 0, now: () => nowMs });
    const ids = Array.from({ length: 2 * IDS_A_MS + 1 }, newId);
    expect(ids.every((id, n) => n === 0 || id > (ids[n - 1] ?? ''))).toBe(true);
    expect(ids.map((id) => timeOfOrderId(id)).filter((ms, n, all) => ms !== all[n - 1])).toEqual([1000, 1001, 1002]);
    nowMs = 1001;
    const next = newId();
    expect(next > (ids.at(-1) ?? '')).toBe(true);
    nowMs = 1003;
    expect(timeOfOrderId(newId())).toBe(1003);
  });

  it('makes no id for a time at or before the given one', () => {
    fc.assert(
      fc.property(time, fc.nat(100_000), (notBeforeMs, back) => {
        const newId = createIdSource({ node: 1, now: () => Math.max(0, notBeforeMs - back), notBeforeMs });
        expect(timeOfOrderId(newId())).toBe(notBeforeMs + 1);
      }),
    );
  });

  it('never makes an id of another node', () => {
    const at = () => 5000;
    const [one, other] = [createIdSource({ node: 31, now: at }), createIdSource({ node: 32, now: at })];
    const ids = new Set(Array.from({ length: 100 }, () => [one(), other()]).flat());
    expect(ids.size).toBe(200);
  });

  it('asks once per millisecond, also for one in the future, and throws while it may not use it', () => {
    let nowMs = 1000;
    let lastMs = 1001;
    const asked: number[] = [];
    const mayUse = (ms: number) => {
      asked.push(ms);
      return ms <= lastMs;
    };
    const newId = createIdSource({ node: 5, now: () => nowMs, mayUse });
    const ids = Array.from({ length: 2 * IDS_A_MS }, newId);
    expect(asked).toEqual([1000, 1001]);
    expect(newId).toThrow(Fault);
    nowMs = 2000;
    expect(newId).toThrow('node 5 may not make ids for 2000 ms');
    lastMs = 2000;
    expect(timeOfOrderId(newId())).toBe(2000);
    expect(new Set(ids).size).toBe(2 * IDS_A_MS);
  });

  it('continues with the next id once it may, as if it had never been denied', () => {
    let may = false;
    const newId = createIdSource({ node: 0, now: () => 7, mayUse: () => may });
    expect(newId).toThrow(Fault);
    may = true;
    expect([newId(), newId()]).toEqual(['00000000700000', '00000000700001']);
  });

  it.each([-1, MAX_NODE + 1, 1.5, Number.NaN])('refuses %s as a node', (wrong) => {
    expect(() => createIdSource({ node: wrong, now: () => 1 })).toThrow(RangeError);
  });
});

describe('timeOfOrderId', () => {
  it('returns the time at which an id was made', () => {
    fc.assert(
      fc.property(time, node, (ms, own) => {
        expect(timeOfOrderId(createIdSource({ node: own, now: () => ms })())).toBe(ms);
      }),
    );
  });

  it('orders the ids of any two nodes like their times', () => {
    fc.assert(
      fc.property(time, time, node, node, (a, b, nodeA, nodeB) => {
        fc.pre(a !== b);
        const [idA, idB] = [
          createIdSource({ node: nodeA, now: () => a })(),
          createIdSource({ node: nodeB, now: () => b })(),
        ];
        expect(idA < idB).toBe(a < b);
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['too short', '0'.repeat(ORDER_ID_LENGTH - 1)],
    ['too long', '0'.repeat(ORDER_ID_LENGTH + 1)],
    ['lower case', '0000000000000a'],
    ['a letter that the alphabet lacks', '0000000000000I'],
    ['a trailing line feed', '00000000000000\n'],
    ['a space inside', '0000000 000000'],
  ])('has no time for what is not an id: %s', (_, text) => {
    expect(timeOfOrderId(text)).toBeUndefined();
    expect(isOrderId(text)).toBe(false);
  });

  it('returns the last time that an id can encode', () => {
    expect(timeOfOrderId('ZZZZZZZZZ00000')).toBe(END_OF_TIME);
  });
});

describe('jobIdOf', () => {
  it('sorts by time, and is random otherwise', () => {
    const ids = [1, 2, 32 ** 2].flatMap((ms) => [jobIdOf(ms, () => 0), jobIdOf(ms, () => 1 - 2 ** -53)]);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.slice(0, 2)).toEqual(['0000000010000000000', '000000001ZZZZZZZZZZ']);
    expect(ids.every(isJobId)).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => jobIdOf(1, Math.random))).size).toBe(1000);
  });

  it.each(['', '0'.repeat(18), '0'.repeat(20), '000000001zzzzzzzzzz'])('is not %j', (text) => {
    expect(isJobId(text)).toBe(false);
  });
});
