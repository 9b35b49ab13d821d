/** The table grows when more than this share of its slots is taken. */
const MAX_LOAD = 0.5;
const INITIAL_SLOTS = 1024;

/** Counts the orders of each buyer, by the buyer's hash: a hash table with open addressing in typed arrays. */
export class BuyerCounts {
  #buyers: Float64Array;
  #counts: Int32Array;
  #size = 0;
  #most = 0;

  /** @param buyers how many it holds before it grows */
  constructor(buyers = 0) {
    let slots = INITIAL_SLOTS;
    while (MAX_LOAD * slots < buyers) slots *= 2;
    this.#buyers = new Float64Array(slots);
    this.#counts = new Int32Array(slots);
  }

  /** The number of different buyers. */
  get size(): number {
    return this.#size;
  }

  /** The largest count of any buyer. */
  get most(): number {
    return this.#most;
  }

  add(buyer: number): void {
    if (this.#size >= MAX_LOAD * this.#buyers.length) this.#grow();
    this.#count(buyer, 1);
  }

  /** The buyers with more than `limit` orders. */
  above(limit: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (let slot = 0; slot < this.#buyers.length; slot += 1) {
      if ((this.#counts[slot] as number) > limit) found.add(this.#buyers[slot] as number);
    }
    return found;
  }

  #count(buyer: number, orders: number): void {
    const mask = this.#buyers.length - 1;
    let slot = buyer % (mask + 1);
    while (this.#buyers[slot] !== 0 && this.#buyers[slot] !== buyer) slot = (slot + 1) & mask;
    if (this.#buyers[slot] === 0) this.#size += 1;
    this.#buyers[slot] = buyer;
    const count = (this.#counts[slot] as number) + orders;
    this.#counts[slot] = count;
    if (count > this.#most) this.#most = count;
  }

  #grow(): void {
    const [buyers, counts] = [this.#buyers, this.#counts];
    this.#buyers = new Float64Array(2 * buyers.length);
    this.#counts = new Int32Array(2 * buyers.length);
    this.#size = 0;
    buyers.forEach((buyer, slot) => {
      if (buyer !== 0) this.#count(buyer, counts[slot] as number);
    });
  }
}

/**
 * A 53-bit hash of a user id, never 0. Among a million ids the chance of any collision is 1 in 18,000, for two given ids
 * 10^-16. (cyrb53, public domain.)
 */
export function hashOfBuyer(userId: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < userId.length; i += 1) {
    const code = userId.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 2 ** 32 * (low & 0x1fffff) + (high >>> 0) || 1;
}
