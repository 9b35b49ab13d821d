/**
 * Leases: exclusive rights that expire. Expiry is judged by the store's own clock where it has one, so that processes
 * whose clocks differ agree. A holder must not trust its lease for longer than `ttlMs` after it sent the request.
 * Errors: Fault `unavailable` or `timeout` (both: the result is unknown).
 */
export interface Leases {
  /** Takes or renews the lease, until `ttlMs` from now. Returns false while another holder has it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<boolean>;

  /** Ends the lease at once. Does nothing when another holder has it. */
  release(name: string, holder: string): Promise<void>;

  /** The names of the current leases that begin with the prefix. */
  held(prefix: string): Promise<readonly string[]>;
}
