import { Counter, Gauge, type Registry } from 'prom-client';

const STATES = ['closed', 'half-open', 'open'] as const;

export type CountedState = (typeof STATES)[number];

export interface BreakerMetrics {
  /**
   * Registers a dependency's breaker, whose state is read on each scrape. Returns a function that counts its changes:
   * an outage may be shorter than the scrape interval.
   */
  readonly sampleBreaker: (dependency: string, state: () => CountedState) => (to: CountedState) => void;
}

export function createBreakerMetrics(register: Registry): BreakerMetrics {
  const breakers = new Map<string, () => CountedState>();
  new Gauge({
    name: 'floodgate_breaker_state',
    help: "1 at the current state of a dependency's circuit breaker; half-open: the next call tests recovery.",
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
    help: 'State changes of a circuit breaker, by the new state.',
    labelNames: ['dependency', 'to'],
    registers: [register],
  });
  return {
    sampleBreaker: (dependency, state) => {
      breakers.set(dependency, state);
      // A counter that first appears with a change has no rate until the second.
      for (const to of STATES) changes.inc({ dependency, to }, 0);
      return (to) => changes.inc({ dependency, to });
    },
  };
}
