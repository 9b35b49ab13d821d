import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import { type Phase, phaseOf, type Sale } from '../../domain/sale.ts';
import type { Stock } from '../../domain/stock.ts';
import type { Clock } from '../../ports/clock.ts';

/** The complete state of a sale as buyers see it at one moment, so that a missed frame needs no repetition. */
export interface StockFrame {
  readonly saleId: string;
  readonly remaining: number;
  readonly total: number;
  readonly phase: Phase;
  /** The stock's version; never decreases. */
  readonly version: number;
  /** Milliseconds since 1970, as are all times here. */
  readonly opensAt: number;
  readonly closesAt: number;
  readonly serverTime: number;
}

export interface CountdownPorts {
  /** The sale as currently stored, drafts included. */
  readonly sale: (saleId: string) => Promise<Sale | undefined>;
  /** The queue's current stock; undefined if it does not know the sale. */
  readonly stock: (saleId: string) => Promise<Stock | undefined>;
  readonly clock: Clock;
}

export interface CountdownOptions {
  /** Minimum milliseconds between two frames of a sale. */
  readonly frameMs: number;
  /** Milliseconds after which an unchanged sale sends a frame all the same and is read again. */
  readonly heartbeatMs: number;
  /** Milliseconds after which a sale that could not be read yet is tried again. */
  readonly retryMs: number;
  /** A sale or its stock could not be read; the last known state stays in use. */
  readonly onFault?: (fault: unknown, saleId: string) => void;
  readonly scheduler?: SchedulerLike;
}

export const countdownDefaults = {
  // Ten frames a second: more make no visible difference, and every frame goes to every socket.
  frameMs: 100,
  // Soon enough to correct the effect of lost events, and to distinguish a quiet sale from a dead connection.
  heartbeatMs: 5000,
  retryMs: 1000,
} as const satisfies CountdownOptions;

/**
 * One sale's countdown: takes observations of its stock and settings in any order, and emits frames when they are due.
 *
 * Three timings decide that: the frame rate limit, the heartbeat, and the moments at which the sale opens and ends.
 * They share one timer, since each frame moves all three. A frame due less than `frameMs` before such a moment is
 * delayed and sent with it: so the moment's own frame is never late, and the rate limit is kept.
 */
export class SaleCountdown {
  #sale: Sale | undefined;
  #stock: Stock | undefined;
  #sent: StockFrame | undefined;
  /** Monotonic milliseconds, as are the next two. */
  #sentAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #wakeAt = Number.NaN;
  #timer: Subscription | undefined;
  #stopped = false;

  constructor(
    private readonly saleId: string,
    private readonly ports: CountdownPorts,
    private readonly options: CountdownOptions,
    private readonly emit: (frame: StockFrame) => void,
  ) {}

  /** Reads the sale and its stock. Call once to start. */
  start(): void {
    this.#readAll();
    this.#plan();
  }

  /** Ignored if older than the known stock: observations may arrive out of order. */
  observe(stock: Stock): void {
    if (this.#stock !== undefined && stock.version <= this.#stock.version) return;
    this.#stock = stock;
    this.#plan();
  }

  /** The sale's settings or status changed. */
  changed(): void {
    void this.#readSale();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.unsubscribe();
  }

  #readAll(): void {
    this.#readAt = this.ports.clock.monotonic();
    void this.#readSale();
    void this.#readStock();
  }

  async #readSale(): Promise<void> {
    try {
      const sale = await this.ports.sale(this.saleId);
      // A read that started earlier may finish later.
      if (sale === undefined || (this.#sale !== undefined && sale.version <= this.#sale.version)) return;
      this.#sale = sale;
      this.#plan();
    } catch (fault) {
      this.#fault(fault);
    }
  }

  async #readStock(): Promise<void> {
    try {
      const stock = await this.ports.stock(this.saleId);
      this.observe(stock ?? NOT_LOADED);
    } catch (fault) {
      this.#fault(fault);
    }
  }

  #fault(fault: unknown): void {
    if (!this.#stopped) this.options.onFault?.(fault, this.saleId);
  }

  /** Emits what is due now, and sets the timer for what is due next. */
  #plan(): void {
    if (this.#stopped) return;
    const { clock } = this.ports;
    const { frameMs, heartbeatMs, retryMs } = this.options;
    const now = clock.monotonic();
    const frame = this.#frame();
    if (frame === undefined || this.#sale === undefined) {
      // Observations in the meantime must not postpone the next attempt.
      if (Number.isNaN(this.#wakeAt)) this.#wake(now, retryMs);
      return;
    }

    const isChanged = this.#sent === undefined || differs(frame, this.#sent);
    const dueIn = Math.max(0, this.#sentAt + (isChanged ? frameMs : heartbeatMs) - now);
    const boundaryIn = nextBoundary(this.#sale, frame.serverTime) - frame.serverTime;
    const waitMs = boundaryIn < dueIn + frameMs ? boundaryIn : dueIn;
    if (waitMs > 0) {
      this.#wake(now, waitMs);
      return;
    }

    this.#sent = frame;
    this.#sentAt = now;
    this.emit(frame);
    // Also while the stock keeps changing: events of the sale's settings may be lost as well.
    if (now >= this.#readAt + heartbeatMs) this.#readAll();
    this.#plan();
  }

  #frame(): StockFrame | undefined {
    const sale = this.#sale;
    const stock = this.#stock;
    if (sale === undefined || stock === undefined) return undefined;
    const { id: saleId, total, opensAt, closesAt } = sale;
    const serverTime = this.ports.clock.now();
    const remaining = remainingOf(sale, stock);
    const phase = phaseOf(sale, serverTime, remaining);
    return { saleId, remaining, total, phase, version: stock.version, opensAt, closesAt, serverTime };
  }

  #wake(now: number, inMs: number): void {
    // Skips thousands of observations a second that would set the timer to the same time again.
    if (Math.abs(this.#wakeAt - now - inMs) < 1) return;
    this.#wakeAt = now + inMs;
    this.#timer?.unsubscribe();
    const { scheduler = asyncScheduler } = this.options;
    // Timers truncate fractions, and one that fires early would fire twice.
    this.#timer = scheduler.schedule(() => this.#woken(), Math.ceil(inMs));
  }

  #woken(): void {
    this.#wakeAt = Number.NaN;
    if (this.#sale === undefined || this.#stock === undefined) this.#readAll();
    this.#plan();
  }
}

/** A draft's tickets are not in the queue yet: all of them remain. Any stock read from the queue is newer. */
const NOT_LOADED: Stock = { remaining: 0, version: 0 };

/** None of an archived sale can be bought, whatever the last figure was. */
function remainingOf({ status, total }: Sale, stock: Stock): number {
  if (status === 'archived') return 0;
  return stock === NOT_LOADED ? total : stock.remaining;
}

/** The next moment at which the clock alone may change the phase; Infinity if there is none. */
function nextBoundary({ opensAt, closesAt }: Sale, nowMs: number): number {
  if (nowMs < opensAt) return opensAt;
  return nowMs < closesAt ? closesAt : Number.POSITIVE_INFINITY;
}

/** A new version alone is not sent: the tickets that were taken have been returned. */
function differs(a: StockFrame, b: StockFrame): boolean {
  return (
    a.remaining !== b.remaining ||
    a.phase !== b.phase ||
    a.total !== b.total ||
    a.opensAt !== b.opensAt ||
    a.closesAt !== b.closesAt
  );
}
