import type { Clock } from '../../../src/ports/clock.ts';
import type { Policy } from '../../../src/resilience/policy.ts';
import type { Policies } from '../../../src/roles/front/policies.ts';
import type { Settings } from '../../../src/roles/settings.ts';
import type { Report } from './report.ts';

/** A breaker counts in whole milliseconds. */
const ROUNDING_MS = 1;

/**
 * Checks that a breaker that is not closed lets one call through, and the next one only after its whole time: more
 * would burden a dependency that has only just recovered. (The first trial may still be in flight then: a call from
 * before the breaker opened can fail meanwhile, and Cockatiel then opens it again.)
 */
export function watchTrials(
  policies: Policies,
  { current, settings$ }: Pick<Settings, 'current' | 'settings$'>,
  clock: Pick<Clock, 'monotonic'>,
  report: Report,
): Policies {
  const lastTrials = new Map<string, number>();
  // New thresholds are a new breaker, which may try beside the trial of the one before; a call that the one before still
  // holds back says nothing about the new one.
  let breakers = 0;
  settings$.subscribe(() => {
    breakers += 1;
    lastTrials.clear();
  });
  const watched = (policy: Policy): Policy => ({
    ...policy,
    execute: (call) => {
      const breaker = breakers;
      return policy.execute(() => {
        if (breaker === breakers && policy.state() === 'half-open') {
          const now = clock.monotonic();
          const sinceMs = now - (lastTrials.get(policy.name) ?? Number.NEGATIVE_INFINITY);
          lastTrials.set(policy.name, now);
          if (sinceMs < current().breakers.halfOpenAfterMs - ROUNDING_MS) {
            report(
              `the breaker of ${policy.name} lets another trial call through ${Math.round(sinceMs)} ms after the last`,
            );
          }
        }
        return call();
      });
    },
  });
  return {
    queue: watched(policies.queue),
    log: watched(policies.log),
    stock: watched(policies.stock),
    store: watched(policies.store),
    live: watched(policies.live),
    lookup: watched(policies.lookup),
  };
}
