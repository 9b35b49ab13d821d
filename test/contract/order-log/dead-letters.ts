import { describe, expect, it } from 'vitest';
import type { DeadLetter, OrderLog } from '../../../src/ports/order-log.ts';
import { newName } from '../fixtures.ts';

const LETTER: DeadLetter = {
  group: newName('group'),
  partition: 0,
  offset: 7,
  reason: 'no such "sale"',
  attempts: 3,
  raw: '{"broken": \u2603',
};

async function lettersOf(log: OrderLog): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of log.deadLetters()) letters.push(letter);
  return letters;
}

/** What can't be processed, and what becomes of it. */
export function orderLogDeadLetterTests(log: () => OrderLog): void {
  describe('dead letters', () => {
    const [first, second, third] = [7, 8, 9].map((offset) => ({ ...LETTER, offset })) as [
      DeadLetter,
      DeadLetter,
      DeadLetter,
    ];

    it('are none as long as nothing was set aside', async () => {
      expect(await lettersOf(log())).toEqual([]);
    });

    it('are shown once for each place, whole and oldest first, as often as somebody looks', async () => {
      for (const letter of [first, second, first]) await log().deadLetter(letter);
      await log().deadLetter({ ...first, group: 'other' });
      const letters = await lettersOf(log());
      expect(letters).toHaveLength(3);
      expect(letters).toEqual(expect.arrayContaining([first, second, { ...first, group: 'other' }]));
      expect(letters.filter(({ group }) => group === LETTER.group)).toEqual([first, second]);
      expect(await lettersOf(log())).toEqual(letters);
    });

    it('that were replayed are not shown again, in whatever order that was', async () => {
      for (const letter of [first, second, third]) await log().deadLetter(letter);
      await log().replayed(third);
      await log().replayed(first);
      expect(await lettersOf(log())).toEqual([second]);
      await log().replayed(first);
      await log().replayed(second);
      expect(await lettersOf(log())).toEqual([]);
    });

    it('of a place that is set aside once more are shown once more', async () => {
      await log().deadLetter(first);
      await log().replayed(first);
      await log().deadLetter({ ...first, attempts: 9 });
      expect(await lettersOf(log())).toEqual([{ ...first, attempts: 9 }]);
    });
  });
}
