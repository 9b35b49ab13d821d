import type { CaseResult } from './report.ts';

/** A result for tests, with the properties that matter to one. */
export function aResult(more: Partial<CaseResult> = {}): CaseResult {
  return {
    scenario: 'success-cluster',
    on: 'cluster',
    unit: 'sold',
    shows: 'every request takes a ticket',
    commit: 'abc1234',
    ceilingName: 'bare echo',
    connections: 1024,
    client: 'autocannon',
    rounds: 5,
    seconds: 5,
    date: '2026-11-21T12:00:00.000Z',
    ceiling: { median: 70_000, min: 65_000, max: 75_000 },
    rate: { median: 35_000, min: 30_000, max: 36_000 },
    ratio: { median: 0.5, min: 0.42, max: 0.51 },
    latency: { p50Ms: 20, p90Ms: 40, p99Ms: 123.4 },
    target: 0.45,
    figures: [],
    verdicts: [{ ok: true, what: 'all stored' }],
    disturbed: [],
    ...more,
  };
}
