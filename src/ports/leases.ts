/**
 * Who may do what only one may do, for a while. The store's own clock decides where there is one, so that holders whose
 * clocks differ still agree. A holder that was held up must not trust its lease for longer than `ttlMs` after it asked.
 * Errors: Fault `unavailable` or `timeout`: unknown.
 */
export interface Leases {
  /** Takes the lease, or makes one that is held last until `ttlMs` from now. False while somebody else holds it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<boolean>;

  /** Gives it up at once. Does nothing when somebody else holds it. */
  release(name: string, holder: string): Promise<void>;

  /** The names that begin so and are held by anybody. */
  held(prefix: string): Promise<readonly string[]>;
}
