import { describe, expect, it } from 'vitest';
import { casesOf, widestOf } from './run-scenarios.ts';
import type { Scenario } from './scenario.ts';

const scenarioOf = (name: string, connections: readonly number[], ownLoad = false) =>
  ({ name, connections, ownLoad }) as Scenario;

const SCENARIOS = [
  scenarioOf('success', [128, 1024]),
  scenarioOf('sockets', [1024], true),
  scenarioOf('append', [1], true),
];
const BOTH = { connections: undefined, clients: ['autocannon', 'wrk'] } as const;

const namesOf = (cases: ReturnType<typeof casesOf>) =>
  cases.map(({ scenario, connections, client }) => `${scenario.name} ${connections} ${client}`);

describe('casesOf', () => {
  it('measures an HTTP scenario with each client, one with its own load once', () => {
    expect(namesOf(casesOf(SCENARIOS, BOTH))).toEqual([
      'success 128 autocannon',
      'success 128 wrk',
      'success 1024 autocannon',
      'success 1024 wrk',
      'sockets 1024 autocannon',
      'append 1 autocannon',
    ]);
  });

  it('takes the given connections where there are some to vary', () => {
    const options = { connections: [64], clients: ['wrk'] } as const;
    expect(namesOf(casesOf(SCENARIOS, options))).toEqual(['success 64 wrk', 'sockets 64 wrk', 'append 1 wrk']);
  });
});

describe('widestOf', () => {
  it('has each scenario with its greatest number of connections', () => {
    const options = { connections: undefined, clients: ['autocannon'] } as const;
    expect(namesOf(widestOf(SCENARIOS, options))).toEqual([
      'success 1024 autocannon',
      'sockets 1024 autocannon',
      'append 1 autocannon',
    ]);
  });
});
