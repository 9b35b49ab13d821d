import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';
import type { RunningScenario, Sample, Scenario } from './scenario.ts';

const OPTIONS = { connections: 8, client: 'autocannon', rounds: 3, seconds: 5, servers: {} } as const;

/** A scenario that returns scripted samples and records the calls. */
function scripted(subjects: readonly Sample[], more: Partial<RunningScenario> = {}, of: Partial<Scenario> = {}) {
  const calls: string[] = [];
  let round = -1;
  const scenario: Scenario = {
    name: 'scripted',
    shows: 'nothing',
    on: 'alone',
    unit: 'sold',
    ceiling: 'echo',
    connections: [8],
    ...of,
    open: async () => ({
      processes: [],
      ceiling: async (seconds) => {
        calls.push(`ceiling ${seconds}`);
        return { perSecond: 1000 };
      },
      subject: async (seconds) => {
        calls.push(`subject ${seconds}`);
        round += 1;
        return round === 0 ? { perSecond: 1 } : (subjects[round - 1] as Sample);
      },
      check: async () => {
        calls.push('check');
        return [];
      },
      close: async () => {
        calls.push('close');
      },
      ...more,
    }),
  };
  return { scenario, calls };
}

const rounds = [{ perSecond: 300 }, { perSecond: 500 }, { perSecond: 400 }];

describe('measure', () => {
  it('alternates ceiling and scenario, after a warm-up that is not counted', async () => {
    const { scenario, calls } = scripted(rounds);
    const result = await measure(scenario, OPTIONS);
    const pair = ['ceiling 5', 'subject 5'];
    expect(calls).toEqual(['ceiling 2', 'subject 8', ...pair, ...pair, ...pair, 'check', 'close']);
    expect(result.rate).toEqual({ median: 400, min: 300, max: 500 });
    expect(result.ratio).toEqual({ median: 0.4, min: 0.3, max: 0.5 });
  });

  it('names the rounds that errors disturbed', async () => {
    const [first, , third] = rounds as [Sample, Sample, Sample];
    const { scenario } = scripted([first, { perSecond: 400, broken: 2, other: 7 }, third]);
    expect((await measure(scenario, OPTIONS)).disturbed).toEqual([
      'round 2: the scenario had 2 broken; the scenario had 7 answers of another kind',
    ]);
  });

  it('has the medians of further figures, with their limits', async () => {
    const subjects = [5, 1, 3].map((value) => ({ perSecond: 1, extra: { 'a, s': value } }));
    const { scenario } = scripted(subjects, {}, { atMost: () => ({ 'a, s': 2 }) });
    expect((await measure(scenario, OPTIONS)).figures).toEqual([{ name: 'a, s', value: 3, atMost: 2 }]);
  });

  it('has the target and the limits of its client', async () => {
    const subjects = rounds.map((one) => ({ ...one, extra: { 'a, s': 1 } }));
    const { scenario } = scripted(
      subjects,
      {},
      {
        target: (connections, client) => (client === 'wrk' && connections === 8 ? 0.2 : 0.7),
        atMost: (client) => ({ 'a, s': client === 'wrk' ? 0.1 : 1 }),
      },
    );
    expect(await measure(scenario, { ...OPTIONS, client: 'wrk' })).toMatchObject({
      client: 'wrk',
      target: 0.2,
      figures: [{ atMost: 0.1 }],
    });
  });

  it('names no client for a scenario with a load of its own', async () => {
    const { scenario } = scripted(rounds, {}, { ownLoad: true });
    expect((await measure(scenario, OPTIONS)).client).toBe('own');
  });

  it('runs follow-ups with the median rate of the rounds, and has its median with its limit', async () => {
    const values = [90, 10, 20];
    const rates: number[] = [];
    const { scenario } = scripted(rounds, {
      followUp: async (perSecond) => {
        rates.push(perSecond);
        return {
          figures: [{ name: 'half', value: values[rates.length - 1] as number, atMost: 25 }],
          other: rates.length === 3 ? 12 : 0,
        };
      },
    });
    const { figures, disturbed } = await measure(scenario, OPTIONS);
    expect(figures).toEqual([{ name: 'half', value: 20, atMost: 25 }]);
    expect(rates).toEqual([400, 400, 400]);
    expect(disturbed).toEqual(['round 3: the follow-up had 12 answers of another kind']);
  });

  it('runs three follow-ups at the most', async () => {
    let followUps = 0;
    const { scenario } = scripted([...rounds, ...rounds], {
      followUp: async () => {
        followUps += 1;
        return { figures: [] };
      },
    });
    await measure(scenario, { ...OPTIONS, rounds: 6 });
    expect(followUps).toBe(3);
  });

  it('leaves the follow-up out on request', async () => {
    const { scenario } = scripted(rounds, {
      followUp: async () => {
        throw new Error('not asked for');
      },
    });
    expect((await measure(scenario, { ...OPTIONS, followUp: false })).figures).toEqual([]);
  });

  it('closes the scenario when a round fails', async () => {
    const { scenario, calls } = scripted(rounds, {
      subject: async () => {
        throw new Error('the server has stopped');
      },
    });
    await expect(measure(scenario, OPTIONS)).rejects.toThrow('the server has stopped');
    expect(calls.at(-1)).toBe('close');
  });
});
