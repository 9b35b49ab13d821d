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
    if (lease !== undefined && lease.holder !== holder && this.#isValid(lease, ttlMs)) return false;
    this.#leases.set(name, { holder, until: this.#now() + ttlMs });
    return true;
  }

  async release(name: string, holder: string): Promise<void> {
    if (this.#leases.get(name)?.holder === holder) this.#leases.delete(name);
  }

  async held(prefix: string, ttlMs: number): Promise<readonly string[]> {
    const held = [...this.#leases].filter(([name, lease]) => name.startsWith(prefix) && this.#isValid(lease, ttlMs));
    return held.map(([name]) => name).sort();
  }

  #isValid({ until }: Lease, ttlMs: number): boolean {
    const now = this.#now();
    return until > now && until <= now + ttlMs;
  }
}
