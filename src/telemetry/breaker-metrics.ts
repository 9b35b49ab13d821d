import { Counter, Gauge, type Registry } from 'prom-client';

const STATES = ['closed', 'half-open', 'open'] as const;

export type CountedState = (typeof STATES)[number];

export interface BreakerMetrics {
  /**
   * Shows the state of a dependency's breaker, asked for whenever the metrics are. Returns what counts its changes: an
   * outage may be shorter than the time between two looks.
   */
  readonly sampleBreaker: (dependency: string, state: () => CountedState) => (to: CountedState) => void;
}

export function createBreakerMetrics(register: Registry): BreakerMetrics {
  const breakers = new Map<string, () => CountedState>();
  new Gauge({
    name: 'floodgate_breaker_state',
    help: "1 at the state that a dependency's circuit breaker is in; half-open: the next call tries whether it is back.",
    labelNames: ['dependency', 'state'],
    registers: [register],
    collect() {
      for (const [dependency, read] of breakers) {
        const now = read();
        for (const state of STATES) this.set({ dependency, state }, state === now ? 1 : 0);
      }
    },
  });
  const changes = new Counter({
    name: 'floodgate_breaker_changes_total',
    help: 'Changes of a circuit breaker, by the state that it came to.',
    labelNames: ['dependency', 'to'],
    registers: [register],
  });
  return {
    sampleBreaker: (dependency, state) => {
      breakers.set(dependency, state);
      // A counter that appears with its first change has no rate until the second.
      for (const to of STATES) changes.inc({ dependency, to }, 0);
      return (to) => changes.inc({ dependency, to });
    },
  };
}
