import { Fault } from '../domain/errors.ts';
import { createIdSource, type IdSource, MAX_NODE, timeOfOrderId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Leases } from '../ports/leases.ts';
import type { OrderStore } from '../ports/order-store.ts';

export interface NodeLeasePorts {
  readonly leases: Leases;
  readonly store: Pick<OrderStore, 'position' | 'store' | 'lastOrderId'>;
  readonly clock: Clock;
}

export interface NodeLeaseOptions {
  /** Unique to the process, for ever. */
  readonly holder: string;
  /** How long a number stays this process's without a renewal, and how far ahead it may make ids; milliseconds. */
  readonly ttlMs: number;
  /** Numbers to choose from, from 0 on; at most 1,024. */
  readonly numbers: number;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

export const nodeLeaseDefaults = {
  // Renewed each minute, so that sales go on for 14 minutes without the database.
  ttlMs: 15 * 60_000,
  numbers: MAX_NODE + 1,
  random: Math.random,
} as const satisfies Omit<NodeLeaseOptions, 'holder'>;

const PREFIX = 'node:';
/** Of the order store's groups: one that reads no log. Its place in `partition` n is where the ids of number n go on. */
const GROUP = 'floodgate.node-numbers';
/** Numbers whose ids reach ahead of the clock and are passed over for another. Then the clock is wrong, not the number. */
const PASSED_OVER = 8;

interface Held {
  readonly number: number;
  readonly newId: IdSource;
  /** Monotonic milliseconds; behind it somebody else may have the number. */
  trustedUntil: number;
  /** Ids are made for times before this one only, milliseconds since 1970. */
  mark: number;
  /** The newest time that ids were made for. */
  newest: number;
}

/**
 * The node number of this process's order ids, leased. Two things keep an id from being made twice:
 *
 * - Two processes that live at once have different numbers: the number is a lease. Its holder stops to use it `ttlMs` of
 *   the monotonic clock after it last asked for a renewal that was granted. The database lets nobody else have it before
 *   that, since it counts from when the request arrived. So a process that slept through its lease (SIGSTOP, a suspended
 *   machine) refuses, and takes a fresh number.
 * - Two that have the same number one after the other make ids for different times, whatever their clocks say. A time on
 *   the lease would not do: it is told by the database's clock, ids by the process's, and either may have been set. So
 *   before a holder makes ids it stores a mark, ahead of the clock, and makes ids for times before the mark only. The
 *   mark is per number, and never goes back. The next holder reads it, once the lease is its own, and begins behind it.
 *
 * What may happen between the two awaits of `renew`: the process dies, or sleeps until the number is somebody else's.
 * Then a lease lapses unused, or a mark is raised further than anybody needed; no id was made on the strength of either.
 * A number whose mark is still ahead of the clock is passed over, so that ids tell the time; only where all that were
 * tried are so, as after a clock was set back, do ids run ahead of it.
 */
export class NodeLease {
  #held: Held | undefined;

  constructor(
    private readonly ports: NodeLeasePorts,
    private readonly options: NodeLeaseOptions,
  ) {}

  /** Undefined while this process has none. */
  get number(): number | undefined {
    return this.#trusted()?.number;
  }

  /** Errors: Fault `unavailable` while there is no number, or its time is used up: see `renew`. */
  readonly newId: IdSource = () => {
    if (this.#held === undefined) throw new Fault('unavailable', 'this process has no node number for its ids yet');
    return this.#held.newId();
  };

  /**
   * Makes the number last for another `ttlMs`; takes one if there is none that can be trusted. To be called each minute,
   * and at once when `newId` refuses. One call at a time.
   * Errors: Fault `unavailable`, `timeout`: the number that is held stays good for its time.
   */
  async renew(): Promise<void> {
    const held = this.#trusted();
    if (held !== undefined && (await this.#extend(held))) return;
    this.#held = undefined;
    this.#held = await this.#take();
  }

  /** Gives the number back; no id is made any more. Errors: as `renew`; the lease lapses by itself then. */
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
    let passedOver = 0;
    while (free.length > 0) {
      // At random, so that processes that start together don't queue up for the same one.
      const [number = 0] = free.splice(Math.floor(this.options.random() * free.length), 1);
      const held = await this.#tryTake(number, passedOver < PASSED_OVER && free.length > 0);
      if (held === 'ahead') passedOver += 1;
      else if (held !== 'taken') return held;
    }
    throw new Fault('unavailable', `all ${this.options.numbers} node numbers are taken`);
  }

  async #tryTake(number: number, passOver: boolean): Promise<Held | 'taken' | 'ahead'> {
    const { leases, store, clock } = this.ports;
    const { holder, ttlMs } = this.options;
    const askedAt = clock.monotonic();
    if (!(await leases.acquire(PREFIX + number, holder, ttlMs))) return 'taken';
    const [mark = 0, lastOrderId] = await Promise.all([store.position(GROUP, number), store.lastOrderId()]);
    if (passOver && mark > clock.now()) {
      await leases.release(PREFIX + number, holder);
      return 'ahead';
    }
    // Not before the newest order either, so that newest first is by id, even when the clock was set back.
    const notBeforeMs = Math.max(mark, lastOrderId === undefined ? 0 : (timeOfOrderId(lastOrderId) ?? 0));
    const held: Held = {
      number,
      newId: createIdSource({ node: number, now: clock.now, notBeforeMs, mayUse: (ms) => this.#mayUse(held, ms) }),
      trustedUntil: Number.NEGATIVE_INFINITY,
      mark,
      newest: notBeforeMs,
    };
    await this.#raiseMark(held, askedAt);
    return held;
  }

  async #extend(held: Held): Promise<boolean> {
    const askedAt = this.ports.clock.monotonic();
    if (!(await this.ports.leases.acquire(PREFIX + held.number, this.options.holder, this.options.ttlMs))) return false;
    await this.#raiseMark(held, askedAt);
    return true;
  }

  async #raiseMark(held: Held, askedAt: number): Promise<void> {
    const { store, clock } = this.ports;
    const mark = Math.max(clock.now(), held.newest) + this.options.ttlMs;
    await store.store({ group: GROUP, positions: [{ partition: held.number, next: mark }], orders: [] });
    held.mark = Math.max(held.mark, mark);
    // From when it was asked for. If that is over by now, another holder may have read the mark before it was raised.
    held.trustedUntil = askedAt + this.options.ttlMs;
  }

  #mayUse(held: Held, ms: number): boolean {
    if (ms >= held.mark || this.ports.clock.monotonic() >= held.trustedUntil) return false;
    held.newest = ms;
    return true;
  }

  async #free(): Promise<number[]> {
    const held = new Set(await this.ports.leases.held(PREFIX));
    return Array.from({ length: this.options.numbers }, (_, n) => n).filter((n) => !held.has(PREFIX + n));
  }
}
