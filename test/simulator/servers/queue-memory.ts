import { Fault } from '../../../src/domain/errors.ts';
import type { StrandedReservation } from '../../../src/ports/ticket-queue.ts';
import type { Bugs } from '../bugs.ts';
import type { QueueSale } from './queue-sale.ts';

/** The server's state of a sale; all of it may be reset to an earlier state. */
export interface Kept {
  current: QueueSale | undefined;
  /** The server incarnation in which `current` is known to include every confirmed change. */
  sound: number | 'lost' | undefined;
  /** Identifies this incarnation of the sale's state; see the port. */
  saleIncarnation: string | undefined;
  /** The state that a recovery is building, with its epoch and incarnation. */
  next:
    | {
        readonly epoch: number;
        /** The attempt that builds it: a repeated `begin` must not discard what was built since. */
        readonly attempt: string;
        readonly incarnation: number;
        readonly sale: QueueSale;
        filled: boolean;
      }
    | undefined;
}

export interface QueueContents {
  readonly queue: readonly number[];
  readonly ledger: readonly StrandedReservation[];
  readonly pending: readonly string[];
}

type Stored = ReadonlyMap<string, Kept>;

/** The memory of the queue's server, and its faults: a restart that loses the last changes, or a flush. */
export class QueueMemory {
  #sales = new Map<string, Kept>();
  /** The states before each change. */
  #earlier: Stored[] = [];
  /** Incremented with each start. */
  #incarnation = 1;
  #incarnations = 0;
  /** Whether the scripts are loaded. */
  #serves = true;
  #declared: number | undefined = 1;

  constructor(
    private readonly bugs: Bugs,
    /** Whether earlier states are kept, to be restored by `rewind`. */
    private readonly remembers: boolean,
  ) {}

  get incarnation(): number {
    return this.#incarnation;
  }

  get serves(): boolean {
    this.#prepare();
    return this.#serves;
  }

  declareSound(): void {
    this.#declared = this.#incarnation;
    this.#serves = true;
  }

  /** The server restarts, or a replica takes over; either loses this many changes. */
  restart(lostChanges: number): void {
    this.#incarnation += 1;
    this.#serves = this.bugs.has('noFence');
    this.rewind(lostChanges);
    if (!this.bugs.has('noFence')) return;
    for (const kept of this.#sales.values()) if (kept.sound !== 'lost') kept.sound = this.#incarnation;
  }

  /** Loses its last changes without detection: Redis never does this, but an operator may. */
  rewind(lostChanges: number): void {
    const place = Math.max(0, this.#earlier.length - lostChanges);
    const earlier = this.#earlier[place];
    this.#earlier = this.#earlier.slice(0, place);
    if (earlier !== undefined && lostChanges > 0) this.#sales = copyOf(earlier);
  }

  /** Like a restart, for one sale. */
  doubt(saleId: string): void {
    this.kept(saleId).sound = 'lost';
  }

  /** Like `flush`, for one sale. */
  wipe(saleId: string): void {
    this.#sales.delete(saleId);
  }

  /** FLUSHALL: the scripts stay. */
  flush(): void {
    this.remember();
    this.#sales = new Map();
    this.#declared = undefined;
  }

  /** The sale's contents, for the final audit. */
  contents(saleId: string): QueueContents {
    const { queue = [], ledger = new Map(), pending = new Map() } = this.#sales.get(saleId)?.current ?? {};
    return { queue: [...queue], ledger: [...ledger.values()], pending: [...pending.keys()] };
  }

  isSound(saleId: string): boolean {
    const { sound, current } = this.kept(saleId);
    return current !== undefined && sound === this.#incarnation;
  }

  kept(saleId: string): Kept {
    const known = this.#sales.get(saleId);
    if (known !== undefined) return known;
    const fresh: Kept = { current: undefined, sound: undefined, saleIncarnation: undefined, next: undefined };
    this.#sales.set(saleId, fresh);
    return fresh;
  }

  /** The sale's incarnation, which starts when it is first requested. */
  incarnationOf(kept: Kept): string {
    const { saleIncarnation } = kept;
    if (saleIncarnation !== undefined && this.#isOfThisStart(saleIncarnation)) return saleIncarnation;
    this.#incarnations += 1;
    kept.saleIncarnation = `${this.#incarnation} ${this.#incarnations}`;
    return kept.saleIncarnation;
  }

  isCurrent(kept: Kept, saleIncarnation: string): boolean {
    return this.#isOfThisStart(saleIncarnation) && kept.saleIncarnation === saleIncarnation;
  }

  #isOfThisStart(saleIncarnation: string): boolean {
    return saleIncarnation.startsWith(`${this.#incarnation} `);
  }

  /** Like the fence at the start of each script. */
  guarded(saleId: string): Kept {
    if (!this.#serves) {
      // A client that finds the scripts missing loads them, if allowed, and this call is rejected.
      this.#prepare();
      throw new Fault('fenced', 'the scripts are not loaded');
    }
    const kept = this.kept(saleId);
    if (kept.sound !== undefined && kept.sound !== this.#incarnation) {
      kept.sound = 'lost';
      throw new Fault('fenced', `${saleId} was last known to be sound under another incarnation`);
    }
    return kept;
  }

  #prepare(): void {
    this.#declared ??= this.#incarnation;
    if (this.#declared === this.#incarnation) this.#serves = true;
  }

  /** Call before each change. */
  remember(): void {
    if (this.remembers) this.#earlier.push(copyOf(this.#sales));
  }
}

function copyOf(sales: Stored): Map<string, Kept> {
  const copies = new Map<string, Kept>();
  for (const [saleId, { current, sound, saleIncarnation, next }] of sales) {
    copies.set(saleId, {
      current: current?.copy(),
      sound,
      saleIncarnation,
      next: next && { ...next, sale: next.sale.copy() },
    });
  }
  return copies;
}
