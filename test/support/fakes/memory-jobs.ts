import { assertStorableJob } from '../../../src/adapters/sql/job-row.ts';
import type { CreateJobResult, Job, JobAdvance, JobAsRead, JobQuery, Jobs, NewJob } from '../../../src/ports/jobs.ts';

/** Jobs in memory. */
export class MemoryJobs implements Jobs {
  readonly #jobs = new Map<string, Job>();
  /** The job of each sale and key. */
  readonly #keys = new Map<string, string>();

  async create({ key, ...fresh }: NewJob): Promise<CreateJobResult> {
    assertStorableJob({ key, ...fresh });
    const keyed = key === undefined ? undefined : JSON.stringify([fresh.saleId, key]);
    const earlier = keyed === undefined ? undefined : this.#jobs.get(this.#keys.get(keyed) ?? '');
    if (earlier !== undefined)
      return repeats(earlier, fresh) ? { kind: 'created', job: earlier } : { kind: 'keyTaken' };
    const running = this.#running().find((job) => isAlike(job, fresh));
    if (running !== undefined) return { kind: 'alreadyRunning', job: running };
    const job: Job = { ...fresh, updatedAt: fresh.createdAt, state: 'running', step: 0, steered: 0, batch: [] };
    this.#jobs.set(job.id, job);
    if (keyed !== undefined) this.#keys.set(keyed, job.id);
    return { kind: 'created', job };
  }

  async job(id: string) {
    return this.#jobs.get(id);
  }

  async list({ saleId, state, before, limit }: JobQuery) {
    return this.#sorted()
      .filter((job) => saleId === undefined || job.saleId === saleId)
      .filter((job) => state === undefined || job.state === state)
      .filter(({ id }) => before === undefined || id < before)
      .toReversed()
      .slice(0, limit);
  }

  async nextRunning(after: string) {
    return this.#running().find(({ id }) => id > after);
  }

  async advance(id: string, { step, cursor, batch, progress, isDone, at }: JobAdvance) {
    const job = this.#jobs.get(id);
    if (job === undefined || job.step !== step || job.state === 'done') return false;
    const { cursor: _, ...rest } = job;
    this.#jobs.set(id, {
      ...rest,
      ...(cursor === undefined ? {} : { cursor }),
      ...{ batch, progress, step: step + 1, updatedAt: at },
      state: isDone ? 'done' : job.state,
    });
    return true;
  }

  async stop(read: JobAsRead, at: number) {
    return this.#steer(read, 'running', { state: 'stopped', updatedAt: at });
  }

  async resume(read: JobAsRead, at: number) {
    const job = this.#jobs.get(read.id);
    if (job === undefined || this.#running().some((other) => isAlike(other, job))) return false;
    return this.#steer(read, 'stopped', { state: 'running', updatedAt: at });
  }

  #steer({ id, steered }: JobAsRead, from: Job['state'], changes: Partial<Job>): boolean {
    const job = this.#jobs.get(id);
    if (job?.state !== from || job.steered !== steered) return false;
    this.#jobs.set(id, { ...job, ...changes, steered: steered + 1 });
    return true;
  }

  #sorted(): Job[] {
    return [...this.#jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #running(): Job[] {
    return this.#sorted().filter(({ state }) => state === 'running');
  }
}

function isAlike(one: Pick<Job, 'saleId' | 'kind'>, other: Pick<Job, 'saleId' | 'kind'>): boolean {
  return one.saleId === other.saleId && one.kind === other.kind;
}

function repeats(one: Pick<Job, 'kind' | 'reason' | 'returnTickets'>, other: NewJob): boolean {
  return one.kind === other.kind && one.reason === other.reason && one.returnTickets === other.returnTickets;
}
