import { describe, expect, it } from 'vitest';
import { ATTEMPT_WINDOW_MS, type ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { inOneMinute } from '../../support/in-one-minute.ts';
import { newName, newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf } from './harness.ts';

const DAY_MS = 86_400_000;

/** The limit of a buyer's attempts. */
export function ticketQueueAttemptsTests({ queue, load, audit }: QueueBench): void {
  const kinds = async (saleId: string, items: readonly ReserveItem[], maxAttempts?: number) =>
    answersOf(await queue().reserve(saleId, 1, items, maxAttempts)).map(({ kind }) => kind);
  const by = (userId: string, count: number) => purchases(count, { userId });

  describe("a buyer's attempts", () => {
    it('are admitted up to the limit, over calls and within one, whatever their answers', async () => {
      await inOneMinute(async () => {
        const saleId = await load({ perBuyerLimit: 1 });
        const userId = newName('user');

        expect(await kinds(saleId, by(userId, 2), 4)).toEqual(['reserved', 'limitReached']);
        expect(await kinds(saleId, by(userId, 4), 4)).toEqual([
          'limitReached',
          'limitReached',
          'tooManyAttempts',
          'tooManyAttempts',
        ]);
        expect(await kinds(saleId, by(userId, 1), 4)).toEqual(['tooManyAttempts']);
        expect(await audit(saleId)).toMatchObject({ held: 1, remaining: 9 });
      });
    });

    it('are answered with the end of the minute beyond it', async () => {
      await inOneMinute(async () => {
        const saleId = await load();
        const userId = newName('user');
        await kinds(saleId, by(userId, 1), 1);
        const before = Date.now();
        const [answer] = answersOf(await queue().reserve(saleId, 1, by(userId, 1), 1));
        const after = Date.now();

        expect(answer).toEqual({ kind: 'tooManyAttempts', endsInMs: expect.any(Number) });
        const { endsInMs } = answer as { endsInMs: number };
        const leftAt = (now: number) => ATTEMPT_WINDOW_MS - (now % ATTEMPT_WINDOW_MS);
        // Clocks are read in whole milliseconds.
        expect(endsInMs).toBeGreaterThanOrEqual(leftAt(after) - 1);
        expect(endsInMs).toBeLessThanOrEqual(leftAt(before) + 1);
      });
    });

    it.each([
      ['soldOut', { total: 1 }],
      ['notStarted', { opensAt: Date.now() + DAY_MS, closesAt: Date.now() + 2 * DAY_MS }],
      ['ended', { opensAt: Date.now() - 2 * DAY_MS, closesAt: Date.now() - DAY_MS }],
    ] as const)('count when they are answered %s', async (kind, overrides) => {
      await inOneMinute(async () => {
        const saleId = await load(overrides);
        await kinds(saleId, purchases(1));

        expect(await kinds(saleId, by(newName('user'), 3), 2)).toEqual([kind, kind, 'tooManyAttempts']);
      });
    });

    it('do not count, and are answered as before, if their key is known', async () => {
      await inOneMinute(async () => {
        const saleId = await load();
        const item = purchase({ key: 'k:1' });
        const again = () => ({ ...item, orderId: newOrderId() });
        const other = { ...again(), fingerprint: 'other' };

        expect(await kinds(saleId, [item, again(), other, item], 2)).toEqual([
          'reserved',
          'replayed',
          'keyMismatch',
          'reserved',
        ]);
        expect(await kinds(saleId, by(item.userId, 2), 2)).toEqual(['reserved', 'tooManyAttempts']);
        expect(await kinds(saleId, [again(), other, item], 2)).toEqual(['replayed', 'keyMismatch', 'reserved']);
      });
    });

    it("are each buyer's own, and each sale's", async () => {
      await inOneMinute(async () => {
        const [one, two] = [await load(), await load()];
        const [ann, bob] = [newName('user'), newName('user')];

        expect(await kinds(one, [...by(ann, 2), ...by(bob, 2)], 1)).toEqual([
          'reserved',
          'tooManyAttempts',
          'reserved',
          'tooManyAttempts',
        ]);
        expect(await kinds(two, by(ann, 2), 1)).toEqual(['reserved', 'tooManyAttempts']);
      });
    });

    it('are not counted without a limit, which may change with each call', async () => {
      await inOneMinute(async () => {
        const saleId = await load({ perBuyerLimit: 100, total: 100 });
        const userId = newName('user');
        const admitted = async (maxAttempts: number) =>
          (await kinds(saleId, by(userId, 9), maxAttempts)).filter((kind) => kind === 'reserved').length;

        expect([await admitted(0), await admitted(3), await admitted(5), await admitted(2), await admitted(0)]).toEqual(
          [...[9, 3, 2, 0, 9]],
        );
      });
    });

    it('are not admitted beyond the limit by concurrent calls', async () => {
      await inOneMinute(async () => {
        const saleId = await load({ total: 100, perBuyerLimit: 100 });
        const userId = newName('user');
        const answers = await Promise.all(Array.from({ length: 30 }, () => kinds(saleId, by(userId, 2), 7)));

        expect(answers.flat().filter((kind) => kind === 'reserved')).toHaveLength(7);
      });
    });

    it('are counted for a buyer of any name', async () => {
      await inOneMinute(async () => {
        const saleId = await load();
        for (const userId of [`a'b"c\\d`, 'Zoë 東京', '007', '7', 'a:b|c,d;e f', 'constructor']) {
          expect(await kinds(saleId, by(userId, 2), 1)).toEqual(['reserved', 'tooManyAttempts']);
        }
      });
    });

    it('are not counted for a caller of another epoch', async () => {
      await inOneMinute(async () => {
        const saleId = await load();
        const userId = newName('user');
        expect(await queue().reserve(saleId, 2, by(userId, 1), 1)).toEqual({ kind: 'stale', epoch: 1 });

        expect(await kinds(saleId, by(userId, 1), 1)).toEqual(['reserved']);
      });
    });
  });
}
