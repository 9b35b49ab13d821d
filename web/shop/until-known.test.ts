import { describe, expect, it } from 'vitest';
import { untilKnown } from './until-known.ts';

/** Asks a server that answers as listed (nothing at all for undefined), in no time but for the pauses. */
async function ask(answers: readonly (number | undefined)[], random = 0) {
  let clock = 0;
  const retried: (number | undefined)[] = [];
  const pauses: number[] = [];
  let asked = 0;
  const answer = await untilKnown(
    async () => {
      const status = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (status === undefined) throw new Error('nobody there');
      return { status };
    },
    {
      onRetry: (last) => retried.push(last?.status),
      wait: async (ms) => {
        pauses.push(ms);
        clock += ms;
      },
      monotonic: () => clock,
      random: () => random,
    },
  );
  return { answer, retried, pauses, asked, clock };
}

describe('asking until it is known', () => {
  it.each([200, 201, 401, 404, 409, 422])('takes %d for an answer at once', async (status) => {
    expect(await ask([status])).toMatchObject({ answer: { status }, asked: 1 });
  });

  it('goes on after an unknown outcome and after silence, and says why', async () => {
    const { answer, retried } = await ask([503, undefined, 429, 500, 201]);
    expect(answer).toEqual({ status: 201 });
    expect(retried).toEqual([503, undefined, 429, 500]);
  });

  it('waits longer each time, up to a bound, and not as long as everybody else', async () => {
    expect((await ask([503, 503, 503, 503, 503, 201])).pauses).toEqual([500, 1_000, 2_000, 4_000, 5_000]);
    expect((await ask([503, 503, 201], 0.5)).pauses).toEqual([750, 1_500]);
  });

  it('gives up after a minute', async () => {
    const { answer, clock, asked } = await ask([503]);
    expect(answer).toBeUndefined();
    expect(clock).toBeLessThan(60_000);
    expect(asked).toBeGreaterThan(10);
  });
});
