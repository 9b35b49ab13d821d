import { Fault } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';

export interface LongReadOptions {
  /** Reads that wait for their turn; further ones are not begun. */
  readonly maxWaiting: number;
  /** A read whose turn comes later than this is not begun: its client has been answered meanwhile, milliseconds. */
  readonly waitMs: number;
}

export const longReadDefaults = {
  // Of different sales. The last of more would wait longer than its client does.
  maxWaiting: 8,
  // The front's own limit for an answer is ten seconds.
  waitMs: 9_000,
} as const satisfies LongReadOptions;

/** Reads that take seconds: one at a time, in the order in which they were asked for; those of one sale are shared. */
export class LongReads<T> {
  /** By sale: the one that runs, and those that wait. */
  readonly #reads = new Map<string, Promise<T>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly read: (saleId: string) => Promise<T>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly options: LongReadOptions = longReadDefaults,
  ) {}

  /** Undefined when too many are waiting. Errors: those of the read; Fault `timeout`. */
  run(saleId: string): Promise<T> | undefined {
    const shared = this.#reads.get(saleId);
    if (shared !== undefined) return shared;
    if (this.#reads.size > this.options.maxWaiting) return undefined;
    const asked = this.clock.monotonic();
    const result = this.#last.then(() => this.#begin(saleId, asked)).finally(() => this.#reads.delete(saleId));
    this.#reads.set(saleId, result);
    this.#last = result.catch(() => {});
    return result;
  }

  #begin(saleId: string, asked: number): Promise<T> {
    if (this.clock.monotonic() - asked <= this.options.waitMs) return this.read(saleId);
    throw new Fault('timeout', `the reading of sale ${saleId} has waited too long for its turn`);
  }
}
