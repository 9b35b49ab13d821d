import type { Leases } from '../../../src/ports/leases.ts';

interface Lease {
  readonly holder: string;
  readonly until: number;
}

/** Leases in memory. */
export class MemoryLeases implements Leases {
  readonly #leases = new Map<string, Lease>();
  readonly #now: () => number;

  /** `now`: milliseconds since any moment. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<boolean> {
    const lease = this.#leases.get(name);
    if (lease !== undefined && lease.holder !== holder && lease.until > this.#now()) return false;
    this.#leases.set(name, { holder, until: this.#now() + ttlMs });
    return true;
  }

  async release(name: string, holder: string): Promise<void> {
    if (this.#leases.get(name)?.holder === holder) this.#leases.delete(name);
  }

  async held(prefix: string): Promise<readonly string[]> {
    const held = [...this.#leases].filter(([name, { until }]) => name.startsWith(prefix) && until > this.#now());
    return held.map(([name]) => name).sort();
  }
}
