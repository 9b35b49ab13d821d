import type { Bugs } from '../bugs.ts';
import type { Process } from '../core/process.ts';
import type { RemotePorts } from '../servers/data-center.ts';
import type { SimulatedEventBus } from '../servers/event-bus.ts';

/** What a role is made of. */
export interface RoleParts {
  readonly process: Process;
  readonly ports: RemotePorts;
  readonly eventBus: SimulatedEventBus;
  readonly bugs: Bugs;
  /** Something happened that must never happen. */
  readonly onViolation: (text: string) => void;
}

/** Times of the system, shorter than in life so that a sale is over in a minute, and in the same proportions. */
export const TIMES = {
  /** A purchase is answered within it. */
  deadlineMs: 2000,
  /** Longer than any append can be under way. */
  relayLeaseMs: 5000,
  relayEveryMs: 1000,
  deadlinesEveryMs: 800,
  recoveryEveryMs: 1000,
  publishingEveryMs: 3000,
  warmEveryMs: 1000,
  lease: { ttlMs: 4000, renewMs: 1000, retryMs: 500 },
  backoff: { baseMs: 50, capMs: 1000 },
} as const;
