import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../../src/adapters/log-codec.ts';
import type { DeadLetter, DecodedDeadLetter, OrderLog } from '../../../src/ports/order-log.ts';
import { logRecord, newName } from '../fixtures.ts';

const LETTER: DeadLetter = {
  group: newName('group'),
  partition: 0,
  offset: 7,
  reason: 'no such "sale"',
  attempts: 3,
  raw: '{"broken": \u2603',
};

/** How a letter whose text is not a record is read back. */
function malformed(letter: DeadLetter): DecodedDeadLetter {
  return { ...letter, record: undefined, error: expect.any(String) };
}

async function lettersOf(log: OrderLog): Promise<DecodedDeadLetter[]> {
  const letters: DecodedDeadLetter[] = [];
  for await (const letter of log.deadLetters()) letters.push(letter);
  return letters;
}

/** Records that can't be processed. */
export function orderLogDeadLetterTests(log: () => OrderLog): void {
  describe('dead letters', () => {
    const [first, second, third] = [7, 8, 9].map((offset) => ({ ...LETTER, offset })) as [
      DeadLetter,
      DeadLetter,
      DeadLetter,
    ];

    it('are none before one was written', async () => {
      expect(await lettersOf(log())).toEqual([]);
    });

    it('are read once for each place, complete and oldest first, by every read', async () => {
      for (const letter of [first, second, first]) await log().deadLetter(letter);
      await log().deadLetter({ ...first, group: 'other' });
      const letters = await lettersOf(log());
      expect(letters).toHaveLength(3);
      expect(letters).toEqual(expect.arrayContaining([first, second, { ...first, group: 'other' }].map(malformed)));
      expect(letters.filter(({ group }) => group === LETTER.group)).toEqual([first, second].map(malformed));
      expect(await lettersOf(log())).toEqual(letters);
    });

    it('are read with their record, if they hold one', async () => {
      const record = logRecord(1);
      const raw = encodeRecord(record);
      await log().deadLetter({ ...first, raw });
      expect(await lettersOf(log())).toEqual([{ ...first, raw, record }]);
    });

    it('that were replayed are not read again, whatever the order of the replay', async () => {
      for (const letter of [first, second, third]) await log().deadLetter(letter);
      await log().replayed(third);
      await log().replayed(first);
      expect(await lettersOf(log())).toEqual([malformed(second)]);
      await log().replayed(first);
      await log().replayed(second);
      expect(await lettersOf(log())).toEqual([]);
    });

    it('of a place that is written again after its replay are read again', async () => {
      await log().deadLetter(first);
      await log().replayed(first);
      await log().deadLetter({ ...first, attempts: 9 });
      expect(await lettersOf(log())).toEqual([malformed({ ...first, attempts: 9 })]);
    });
  });
}
