import type { Money } from '../domain/money.ts';

/** What a job does to the orders of a sale: gives paid ones their money back, or cancels those that are reserved. */
export type JobKind = 'refund' | 'cancel';
export const JOB_KINDS = ['refund', 'cancel'] as const satisfies readonly JobKind[];

export type JobState = 'running' | 'stopped' | 'done';
export const JOB_STATES = ['running', 'stopped', 'done'] as const satisfies readonly JobState[];

/** UTF-16 units. */
export const MAX_REASON_LENGTH = 250;

export interface JobProgress {
  /** How many orders of the sale were in the job's state when it was created: an estimate of what it has to do. */
  readonly total: number;
  /** Orders that are refunded by this job, or cancelled. */
  readonly done: number;
  /** Orders that were refunded before, or had changed when their turn came. */
  readonly skipped: number;
  /** What this job gives back, if it refunds; of more than a number can count exactly, the greatest that it can. */
  readonly givenBack?: Money;
}

/** Orders of a sale that are refunded or cancelled in batches, in the background. Times are milliseconds since 1970. */
export interface Job {
  /** Ids sort by time. */
  readonly id: string;
  readonly kind: JobKind;
  readonly saleId: string;
  /** 1 to {@link MAX_REASON_LENGTH} characters. */
  readonly reason: string;
  /** Whether the tickets of refunded orders go back on sale; of a job that cancels they always do. */
  readonly returnTickets: boolean;
  /** The admin's user id. */
  readonly by: string;
  /** It handles orders that were reserved before. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: JobState;
  readonly progress: JobProgress;
  /** Raised by each batch: see {@link Jobs.advance}. */
  readonly step: number;
  /** How often it was stopped or resumed. */
  readonly steered: number;
  /** The last order that was handled; undefined at first. */
  readonly cursor?: string;
  /** The orders that are being handled now, in the order of their reservations; empty at first. */
  readonly batch: readonly string[];
}

export interface NewJob extends Omit<Job, 'state' | 'updatedAt' | 'step' | 'steered' | 'cursor' | 'batch'> {
  /** The Idempotency-Key of the request; unique in the sale. 1 to 255 ASCII characters. */
  readonly key?: string | undefined;
}

export type CreateJobResult =
  /** By this call, or by an earlier one with the same key. */
  | { readonly kind: 'created'; readonly job: Job }
  /** Another job of this kind is running in the sale. Nothing was created. */
  | { readonly kind: 'alreadyRunning'; readonly job: Job }
  /** The key was used in the sale for another request. Nothing was created. */
  | { readonly kind: 'keyTaken' };

/** How a job stands after a batch. */
export interface JobAdvance extends Pick<Job, 'cursor' | 'batch' | 'progress'> {
  /** The step before. */
  readonly step: number;
  /** Nothing is left to do. */
  readonly isDone: boolean;
  readonly at: number;
}

export type JobAsRead = Pick<Job, 'id' | 'steered'>;

export interface JobQuery {
  readonly saleId?: string | undefined;
  readonly state?: JobState | undefined;
  /** Only jobs with a smaller id, which are older. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/**
 * The jobs of all sales: at most one of a kind is running in a sale. Errors: Fault `unavailable` or `timeout`, after either of
 * which a call may be repeated; `corrupt` for a new job that can't be stored.
 */
export interface Jobs {
  /** Creates a running job. */
  create(job: NewJob): Promise<CreateJobResult>;

  job(id: string): Promise<Job | undefined>;

  /** Newest first. */
  list(query: JobQuery): Promise<readonly Job[]>;

  /** The running job with the smallest id that is greater than `after`. */
  nextRunning(after: string): Promise<Job | undefined>;

  /**
   * Records what became of a job's batch, and which one is next, in one conditional update: of several processes that handled
   * the batch exactly one succeeds. A job that was stopped meanwhile stays stopped, unless nothing is left to do. Returns whether it
   * was recorded.
   */
  advance(id: string, to: JobAdvance): Promise<boolean>;

  /**
   * Stops a running job unless it was stopped or resumed since it was read, so that a call that arrives late undoes no later
   * one. Returns whether it did.
   */
  stop(job: JobAsRead, at: number): Promise<boolean>;

  /** Runs a stopped job again, on the same condition, and unless another of its kind is running in its sale. */
  resume(job: JobAsRead, at: number): Promise<boolean>;
}
