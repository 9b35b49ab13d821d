import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeMarks } from '../../../src/ports/node-marks.ts';

export interface NodeMarksHarness {
  readonly marks: NodeMarks;
  /** The same marks as another process sees them. */
  readonly other: NodeMarks;
  close(): Promise<void>;
}

/** Far above 32 bits, as milliseconds since 1970 are. */
const MARK = 1_900_000_000_123;

/** The contract of the marks of node numbers. `open` creates an empty store. */
export function nodeMarksContract(name: string, open: () => Promise<NodeMarksHarness>): void {
  describe(`node marks: ${name}`, () => {
    let harness: NodeMarksHarness;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => harness?.close());

    test('a number that was never used has none', async () => {
      expect(await harness.marks.mark(0)).toBeUndefined();
      await harness.marks.raise(1, MARK);
      expect(await harness.other.mark(0)).toBeUndefined();
    });

    test('a mark is seen by every process, and belongs to its number', async () => {
      await harness.marks.raise(1022, MARK);
      await harness.other.raise(1023, MARK + 1);
      expect(await harness.other.mark(1022)).toBe(MARK);
      expect(await harness.marks.mark(1023)).toBe(MARK + 1);
    });

    test('a mark never goes back', async () => {
      await harness.marks.raise(7, MARK);
      await harness.other.raise(7, MARK - 1);
      expect(await harness.marks.mark(7)).toBe(MARK);
      await harness.other.raise(7, MARK);
      await harness.marks.raise(7, MARK + 60_000);
      expect(await harness.other.mark(7)).toBe(MARK + 60_000);
    });

    test('of marks that are raised at once the highest stays', async () => {
      const raised = Array.from({ length: 16 }, (_, n) => MARK + ((n * 7) % 16));
      await Promise.all(raised.map((mark, n) => (n % 2 === 0 ? harness.marks : harness.other).raise(8, mark)));
      expect(await harness.other.mark(8)).toBe(MARK + 15);
    });
  });
}
