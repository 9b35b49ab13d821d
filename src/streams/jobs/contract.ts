import type { SchedulerLike } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Job, Jobs } from '../../ports/jobs.ts';
import type { OrderStore } from '../../ports/order-store.ts';

export interface JobPorts {
  readonly jobs: Pick<Jobs, 'nextRunning' | 'advance'>;
  readonly store: Pick<OrderStore, 'search' | 'order' | 'refund' | 'transition'>;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Clock;
}

export interface JobOptions {
  /** Orders in one batch, 1 to 1,000: as many may still change after a job was stopped. */
  readonly batchSize: number;
  readonly refundsAtOnce: number;
  /** Pause after a batch, as a multiple of the time that it took. */
  readonly pauseFactor: number;
  /** Longest pause, milliseconds. */
  readonly maxPauseMs: number;
  /** Pause after a fault, milliseconds. */
  readonly faultPauseMs: number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** A batch of a job that was recorded; or `fault`, and a later tick handles it again. */
export interface JobBatch {
  /** Undefined when the jobs could not be read. */
  readonly job?: Pick<Job, 'id' | 'kind' | 'saleId'>;
  readonly done: number;
  readonly skipped: number;
  /** It was the job's last one. */
  readonly isDone: boolean;
  readonly fault?: unknown;
}
