import { Fault } from '../domain/errors.ts';
import { createIdSource, type IdSource, MAX_NODE, timeOfOrderId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Leases } from '../ports/leases.ts';
import type { NodeMarks } from '../ports/node-marks.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface NodeLeasePorts {
  readonly leases: Leases;
  readonly nodeMarks: NodeMarks;
  readonly store: Pick<OrderStore, 'lastOrderId'>;
  readonly clock: Clock;
}

export interface NodeLeaseOptions {
  /** Unique to the process; never used again. */
  readonly holder: string;
  /** How long a number is held without a renewal, and how far ahead of the clock ids may be made; milliseconds. */
  readonly ttlMs: number;
  /** How many numbers there are, from 0 on; at most 1,024. */
  readonly numbers: number;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

export const nodeLeaseDefaults = {
  // Renewed each minute, so that a process sells for up to 14 minutes without the database.
  ttlMs: 15 * 60_000,
  numbers: MAX_NODE + 1,
  random: Math.random,
} as const satisfies Omit<NodeLeaseOptions, 'holder'>;

const PREFIX = 'node:';

/** So many numbers are skipped because their marks are ahead of the clock. After that the clock is taken to be wrong. */
const MAX_SKIPPED = 8;

interface Held {
  readonly number: number;
  readonly newId: IdSource;
  /** Monotonic milliseconds; from then on another process may hold the number. */
  trustedUntil: number;
  /** Ids are made only for times before this one, milliseconds since 1970. */
  mark: number;
  /** The newest time for which ids were made. */
  newest: number;
}

/**
 * The leased node number of this process's order ids. Two rules keep an id from being made twice:
 *
 * - Processes that run at the same time have different numbers, because the number is a lease. Its holder stops using it
 *   `ttlMs` of the monotonic clock after it sent the last renewal that was granted. The database grants the number to no
 *   other process before that, since it counts from when the request arrived. A process that slept through its lease
 *   (SIGSTOP, a suspended machine) therefore refuses to make ids, and takes a fresh number.
 * - Processes that hold the same number one after the other make ids for different times, whatever their clocks say. The
 *   times of the lease could not ensure that: they are of the database's clock, ids of the process's, and either clock may
 *   have been set. So a holder stores a mark ahead of its clock before it makes ids, and makes ids only for times before
 *   the mark. There is one mark per number, and it never goes back. The next holder reads it once it has the lease, and
 *   begins at the mark.
 *
 * At any await of `renew` the process may die, or sleep until another process holds the number. Then a lease lapses
 * unused, or a mark is higher than necessary; no id depended on either. A number whose mark is ahead of the clock is
 * skipped, so that the time in an id is that of its order. Only if all numbers that were tried are ahead, as after a clock
 * was set back, ids run ahead of the clock.
 */
export class NodeLease {
  #held: Held | undefined;

  constructor(
    private readonly ports: NodeLeasePorts,
    private readonly options: NodeLeaseOptions,
  ) {}

  /** Undefined while this process holds none. */
  get number(): number | undefined {
    return this.#trusted()?.number;
  }

  /** Errors: Fault `unavailable` while no number is held, or its time is used up: see `renew`. */
  readonly newId: IdSource = () => {
    if (this.#held === undefined) throw new Fault('unavailable', 'this process holds no node number for its ids yet');
    return this.#held.newId();
  };

  /**
   * Extends the lease by another `ttlMs`, or takes a number if none is held. To be called each minute, and at once when
   * `newId` refuses. One call at a time.
   * Errors: Fault `unavailable`, `timeout`: the number that is held stays valid for its time.
   */
  async renew(): Promise<void> {
    const held = this.#trusted();
    if (held !== undefined && (await this.#raiseMark(held))) return;
    this.#held = undefined;
    this.#held = await this.#take();
  }

  /** Releases the number; no more ids are made. Errors: as `renew`; the lease then lapses by itself. */
  async release(): Promise<void> {
    const number = this.#held?.number;
    this.#held = undefined;
    if (number !== undefined) await this.ports.leases.release(PREFIX + number, this.options.holder);
  }

  #trusted(): Held | undefined {
    const held = this.#held;
    return held !== undefined && this.ports.clock.monotonic() < held.trustedUntil ? held : undefined;
  }

  async #take(): Promise<Held> {
    const free = await this.#free();
    let skipped = 0;
    while (free.length > 0) {
      // At random, so that processes that start together don't all try the same number.
      const [number = 0] = free.splice(Math.floor(this.options.random() * free.length), 1);
      const held = await this.#tryTake(number, skipped < MAX_SKIPPED && free.length > 0);
      if (held === 'ahead') skipped += 1;
      else if (held !== 'taken') return held;
    }
    throw new Fault('unavailable', `all ${this.options.numbers} node numbers are taken`);
  }

  /** @param maySkip whether a number is released again if its mark is ahead of the clock */
  async #tryTake(number: number, maySkip: boolean): Promise<Held | 'taken' | 'ahead'> {
    const { leases, nodeMarks, store, clock } = this.ports;
    const { holder, ttlMs } = this.options;
    if (!(await leases.acquire(PREFIX + number, holder, ttlMs))) return 'taken';
    const [mark = 0, lastOrderId] = await Promise.all([nodeMarks.mark(number), store.lastOrderId()]);
    if (maySkip && mark > clock.now()) {
      await leases.release(PREFIX + number, holder);
      return 'ahead';
    }
    // Not before the newest order either: sorting by id sorts by time, even after the clock was set back.
    const notBeforeMs = Math.max(mark, lastOrderId === undefined ? 0 : (timeOfOrderId(lastOrderId) ?? 0));
    const held: Held = {
      number,
      newId: createIdSource({ node: number, now: clock.now, notBeforeMs, mayUse: (ms) => this.#mayUse(held, ms) }),
      trustedUntil: Number.NEGATIVE_INFINITY,
      mark,
      newest: notBeforeMs,
    };
    return (await this.#raiseMark(held)) ? held : 'taken';
  }

  /**
   * Raises the mark, and then asks for the lease: false if another process holds it. In this order, whoever takes the
   * number after this lease was granted reads the raised mark, even if the database's clock was set back and the lease is
   * void.
   */
  async #raiseMark(held: Held): Promise<boolean> {
    const { leases, nodeMarks, clock } = this.ports;
    const { holder, ttlMs } = this.options;
    const mark = Math.max(clock.now(), held.newest) + ttlMs;
    await nodeMarks.raise(held.number, mark);
    const askedAt = clock.monotonic();
    if (!(await leases.acquire(PREFIX + held.number, holder, ttlMs))) return false;
    held.mark = Math.max(held.mark, mark);
    // Counted from the request. If that time is over by now, another process may hold the number.
    held.trustedUntil = askedAt + ttlMs;
    return true;
  }

  #mayUse(held: Held, ms: number): boolean {
    if (ms >= held.mark || this.ports.clock.monotonic() >= held.trustedUntil) return false;
    held.newest = ms;
    return true;
  }

  async #free(): Promise<number[]> {
    const held = new Set(await this.ports.leases.held(PREFIX, this.options.ttlMs));
    return Array.from({ length: this.options.numbers }, (_, n) => n).filter((n) => !held.has(PREFIX + n));
  }
}
