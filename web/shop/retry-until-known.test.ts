import { describe, expect, it } from 'vitest';
import { retryUntilKnown } from './retry-until-known.ts';

/** Calls a server that gives these answers (none for undefined); only the pauses take time. */
async function run(answers: readonly (number | undefined)[], random = 0) {
  let clock = 0;
  const retried: (number | undefined)[] = [];
  const pauses: number[] = [];
  let requests = 0;
  const answer = await retryUntilKnown(
    async () => {
      const status = answers[Math.min(requests, answers.length - 1)];
      requests += 1;
      if (status === undefined) throw new Error('unreachable');
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
  return { answer, retried, pauses, requests, clock };
}

describe('retrying until the outcome is known', () => {
  it.each([200, 201, 401, 404, 409, 422])('accepts %d as an answer at once', async (status) => {
    expect(await run([status])).toMatchObject({ answer: { status }, requests: 1 });
  });

  it('retries after an unknown outcome and after no answer, and reports which', async () => {
    const { answer, retried } = await run([503, undefined, 429, 500, 201]);
    expect(answer).toEqual({ status: 201 });
    expect(retried).toEqual([503, undefined, 429, 500]);
  });

  it('waits longer each time, up to a bound, by a random factor', async () => {
    expect((await run([503, 503, 503, 503, 503, 201])).pauses).toEqual([500, 1_000, 2_000, 4_000, 5_000]);
    expect((await run([503, 503, 201], 0.5)).pauses).toEqual([750, 1_500]);
  });

  it('gives up after a minute', async () => {
    const { answer, clock, requests } = await run([503]);
    expect(answer).toBeUndefined();
    expect(clock).toBeLessThan(60_000);
    expect(requests).toBeGreaterThan(10);
  });
});
