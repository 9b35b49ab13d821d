import { jobIdOf } from '../domain/ids.ts';
import { isPublic } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { type Job, type JobKind, type JobQuery, type Jobs, MAX_REASON_LENGTH, type NewJob } from '../ports/jobs.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { type Page, readPage } from './page.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface JobAdminPorts {
  readonly jobs: Pick<Jobs, 'create' | 'job' | 'list' | 'stop' | 'resume'>;
  readonly catalogue: Pick<Catalogue, 'sale'>;
  readonly store: Pick<OrderStore, 'counts'>;
  readonly clock: Pick<Clock, 'now'>;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

export interface JobRequest {
  readonly kind: JobKind;
  readonly saleId: string;
  /** One line. */
  readonly reason: string;
  /** Of a refund: whether the tickets go back on sale. */
  readonly returnTickets: boolean;
  /** The admin's user id. */
  readonly by: string;
  /** A repetition with the same key gets the same job. */
  readonly key?: string | undefined;
}

export type StartOutcome =
  /** By this call, or an earlier one with the same key. */
  | { readonly kind: 'started'; readonly job: Job }
  | { readonly kind: 'unknown' }
  /** Its sale is a draft: it has no orders. */
  | { readonly kind: 'notPublished' }
  /** Another job of this kind is running in the sale. */
  | { readonly kind: 'alreadyRunning'; readonly job: Job }
  | { readonly kind: 'keyMismatch' }
  | { readonly kind: 'badReason'; readonly message: string };

export type SteerJobOutcome =
  /** The job is as it was asked to be, by this call or an earlier one. */
  | { readonly kind: 'changed'; readonly job: Job }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'done' }
  /** It was stopped or resumed since the expected version. */
  | { readonly kind: 'stale' }
  /** Another job of its kind is running in its sale. */
  | { readonly kind: 'alreadyRunning'; readonly job: Job };

/** The state that a job is for. */
const COUNTED = { refund: 'paid', cancel: 'reserved' } as const;

/** No line break or other control character, and no half of a character. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]+$/u;

/** An admin's operations on jobs. The leading scheduler runs them: see run-jobs.ts. */
export class JobAdmin {
  constructor(private readonly ports: JobAdminPorts) {}

  async start({ kind, saleId, reason, returnTickets, by, key }: JobRequest): Promise<StartOutcome> {
    const { jobs, catalogue, store, clock, random } = this.ports;
    if (reason.length > MAX_REASON_LENGTH || !ONE_LINE.test(reason)) {
      return { kind: 'badReason', message: `must be one line of 1 to ${MAX_REASON_LENGTH} characters` };
    }
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (!isPublic(sale)) return { kind: 'notPublished' };
    const { states } = await store.counts(saleId);
    const createdAt = clock.now();
    const givenBack = { amount: 0, currency: sale.price.currency };
    const fresh: NewJob = {
      id: jobIdOf(createdAt, random),
      ...{ kind, saleId, reason, returnTickets, by, key, createdAt },
      progress: { total: states[COUNTED[kind]], done: 0, skipped: 0, ...(kind === 'refund' ? { givenBack } : {}) },
    };
    const created = await jobs.create(fresh);
    if (created.kind === 'created') return { kind: 'started', job: created.job };
    return created.kind === 'keyTaken' ? { kind: 'keyMismatch' } : created;
  }

  job(id: string): Promise<Job | undefined> {
    return this.ports.jobs.job(id);
  }

  /** Newest first. Its cursor is the id of the last job. */
  list(query: JobQuery): Promise<Page<Job, string>> {
    return readPage(
      query.limit,
      (limit) => this.ports.jobs.list({ ...query, limit }),
      ({ id }) => id,
    );
  }

  /**
   * The batch that is being handled is still finished and counted. `expected`: values of `steered` (see Job); with the one that
   * was read, a call that arrives late undoes no later one. Without it, it may.
   */
  stop(id: string, expected?: readonly number[]): Promise<SteerJobOutcome> {
    const { jobs, clock } = this.ports;
    return this.#steer(id, { to: 'stopped', expected }, (job) => jobs.stop(job, clock.now()));
  }

  /** `expected` as for `stop`. */
  resume(id: string, expected?: readonly number[]): Promise<SteerJobOutcome> {
    const { jobs, clock } = this.ports;
    return this.#steer(id, { to: 'running', expected }, async (job) => {
      if (await jobs.resume(job, clock.now())) return true;
      const running = await jobs.list({ saleId: job.saleId, state: 'running', limit: MAX_RUNNING });
      const other = running.find(({ id, kind }) => kind === job.kind && id !== job.id);
      return other === undefined ? false : { kind: 'alreadyRunning', job: other };
    });
  }

  /** `change` returns whether it changed the job; if not, somebody else has, and it is read again. */
  #steer(
    id: string,
    { to, expected }: { readonly to: 'running' | 'stopped'; readonly expected: readonly number[] | undefined },
    change: (job: Job) => Promise<boolean | SteerJobOutcome>,
  ): Promise<SteerJobOutcome> {
    return retryOnConflict<SteerJobOutcome>(async () => {
      const job = await this.ports.jobs.job(id);
      if (job === undefined) return { kind: 'unknown' };
      if (job.state === 'done') return { kind: 'done' };
      if (job.state === to) return { kind: 'changed', job };
      if (expected?.includes(job.steered) === false) return { kind: 'stale' };
      const outcome = await change(job);
      if (outcome === true) return { kind: 'changed', job: (await this.ports.jobs.job(id)) ?? job };
      return outcome === false ? undefined : outcome;
    });
  }
}

/** One of each kind. */
const MAX_RUNNING = 2;
