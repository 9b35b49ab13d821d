import type { LiveSettings } from '../../src/domain/live-settings.ts';

/** The live settings of an empty environment. */
export function aSettings(): LiveSettings {
  return {
    logLevel: 'info',
    purchase: { batchSize: 64, concurrency: 8, capacity: 8192, deadlineMs: 2000, soldOutMs: 100 },
    breakers: { failureShare: 0.5, windowMs: 5000, halfOpenAfterMs: 1000 },
    limits: { buyer: 1000, address: 0, attempts: 0 },
    payment: { graceSeconds: 600 },
    settlement: { batchSize: 1000, batchMs: 50 },
  };
}
