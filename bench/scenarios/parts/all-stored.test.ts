import { describe, expect, it } from 'vitest';
import { allStored } from './all-stored.ts';

const QUICKLY = { pollMs: 1, quietMs: 100, stalledMs: 200 };

/** A worker's count of stored orders, from a schedule. */
function storing(steps: readonly (readonly [ms: number, stored: number])[]): () => Promise<number> {
  const from = performance.now();
  return async () => steps.findLast(([ms]) => performance.now() - from >= ms)?.[1] ?? 0;
}

describe('allStored', () => {
  it('waits for all, and returns when the last one was stored, without the quiet period', async () => {
    const from = performance.now();
    const { stored, at } = await allStored(
      storing([
        [0, 1],
        [50, 3],
      ]),
      3,
      QUICKLY,
    );
    expect(stored).toBe(3);
    expect(at - from).toBeGreaterThanOrEqual(50);
    expect(performance.now() - at).toBeGreaterThanOrEqual(QUICKLY.quietMs);
  });

  it('counts surplus orders that are stored a little later', async () => {
    expect(
      await allStored(
        storing([
          [0, 3],
          [50, 4],
        ]),
        3,
        QUICKLY,
      ),
    ).toMatchObject({ stored: 4 });
  });

  it('gives up on orders that are never stored', async () => {
    expect(await allStored(storing([[0, 2]]), 3, QUICKLY)).toMatchObject({ stored: 2 });
  });
});
