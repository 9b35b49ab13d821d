/**
 * Leases: exclusive rights that expire. Expiry is judged by the store's own clock where it has one, so that processes
 * whose clocks differ agree. A holder must not trust its lease for longer than `ttlMs` after it sent the request.
 *
 * All who use a lease use the same `ttlMs`. A lease that ends later than `ttlMs` and some seconds from now was granted by a clock that was
 * ahead: it is void, as if it had expired. When the store's clock is set back, two processes may therefore hold one lease
 * until the first of them asks again.
 * Errors: Fault `unavailable` or `timeout` (both: the result is unknown).
 */
export interface Leases {
  /** Takes or renews the lease, until `ttlMs` from now. Returns false while another holder has it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<boolean>;

  /** Ends the lease at once. Does nothing when another holder has it. */
  release(name: string, holder: string): Promise<void>;

  /** The names of the current leases that begin with the prefix; all of them last `ttlMs`. */
  held(prefix: string, ttlMs: number): Promise<readonly string[]>;
}
