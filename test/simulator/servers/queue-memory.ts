import { Fault } from '../../../src/domain/errors.ts';
import type { StrandedReservation } from '../../../src/ports/ticket-queue.ts';
import type { Bugs } from '../bugs.ts';
import type { QueueSale } from './queue-sale.ts';

/** What the server keeps of a sale; all of it may be rewound. */
export interface Kept {
  current: QueueSale | undefined;
  /** The incarnation of the server under which all that buyers were told is in `current`. */
  sound: number | 'lost' | undefined;
  /** Names this life of what is kept; see the port. */
  life: string | undefined;
  /** What a recovery is building, under which epoch and incarnation. */
  next:
    | {
        readonly epoch: number;
        /** The try that builds it: a `begin` that comes once more must not drop what was built since. */
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

/** What the queue's server has in memory, and what may become of it: it restarts with its last changes lost, or is emptied. */
export class QueueMemory {
  #sales = new Map<string, Kept>();
  /** As of before each change. */
  #earlier: Stored[] = [];
  /** Changes with each start. */
  #incarnation = 1;
  #lives = 0;
  /** Whether the scripts are loaded, and which incarnation they may be loaded into. */
  #serves = true;
  #declared: number | undefined = 1;

  constructor(
    private readonly bugs: Bugs,
    /** Whether earlier states are kept, to be rewound to. */
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

  /** It restarts, or a replica takes over; either without the last so many changes. */
  restart(lostChanges: number): void {
    this.#incarnation += 1;
    this.#serves = this.bugs.has('noFence');
    this.rewind(lostChanges);
    if (!this.bugs.has('noFence')) return;
    for (const kept of this.#sales.values()) if (kept.sound !== 'lost') kept.sound = this.#incarnation;
  }

  /** Loses its last changes behind everybody's back: no run of Redis does that, but a person may. */
  rewind(lostChanges: number): void {
    const place = Math.max(0, this.#earlier.length - lostChanges);
    const earlier = this.#earlier[place];
    this.#earlier = this.#earlier.slice(0, place);
    if (earlier !== undefined && lostChanges > 0) this.#sales = copyOf(earlier);
  }

  /** As a restart, for one sale. */
  doubt(saleId: string): void {
    this.kept(saleId).sound = 'lost';
  }

  /** As `flush`, for one sale. */
  wipe(saleId: string): void {
    this.#sales.delete(saleId);
  }

  /** FLUSHALL: the scripts stay. */
  flush(): void {
    this.remember();
    this.#sales = new Map();
    this.#declared = undefined;
  }

  /** What the sale's keys hold, for the audit at the end. */
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
    const fresh: Kept = { current: undefined, sound: undefined, life: undefined, next: undefined };
    this.#sales.set(saleId, fresh);
    return fresh;
  }

  /** The name of the life that the sale is in, which begins when it is first asked for. */
  lifeOf(kept: Kept): string {
    const { life } = kept;
    if (life !== undefined && this.#isOfNow(life)) return life;
    this.#lives += 1;
    kept.life = `${this.#incarnation} ${this.#lives}`;
    return kept.life;
  }

  isAlive(kept: Kept, life: string): boolean {
    return this.#isOfNow(life) && kept.life === life;
  }

  #isOfNow(life: string): boolean {
    return life.startsWith(`${this.#incarnation} `);
  }

  /** As the fence that stands before each script. */
  guarded(saleId: string): Kept {
    if (!this.#serves) {
      // Whoever misses the scripts loads them, if that may be done, and is refused for now.
      this.#prepare();
      throw new Fault('fenced', 'the scripts are not there');
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

  /** To be called before each change. */
  remember(): void {
    if (this.remembers) this.#earlier.push(copyOf(this.#sales));
  }
}

function copyOf(sales: Stored): Map<string, Kept> {
  const copies = new Map<string, Kept>();
  for (const [saleId, { current, sound, life, next }] of sales) {
    copies.set(saleId, { current: current?.copy(), sound, life, next: next && { ...next, sale: next.sale.copy() } });
  }
  return copies;
}
