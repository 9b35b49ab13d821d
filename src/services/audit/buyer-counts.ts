/** Slots of the table that may be taken before it grows, as a share. */
const FULL = 0.5;
const FIRST_SIZE = 1024;

/** How many orders each buyer holds, by the hash of the buyer: a hash table with open addressing in typed arrays. */
export class BuyerCounts {
  #buyers = new Float64Array(FIRST_SIZE);
  #counts = new Int32Array(FIRST_SIZE);
  #size = 0;
  #most = 0;

  /** How many different buyers hold orders. */
  get size(): number {
    return this.#size;
  }

  /** What one of them holds at the most. */
  get most(): number {
    return this.#most;
  }

  add(buyer: number): void {
    if (this.#size >= FULL * this.#buyers.length) this.#grow();
    this.#count(buyer, 1);
  }

  /** Buyers with more than `limit`. */
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
