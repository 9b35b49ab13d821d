/**
 * Up to which time each node number may have made order ids: milliseconds since 1970, excluded. A mark outlives the lease
 * of its number and never goes back. Errors: Fault `unavailable` or `timeout`; whether a mark was raised is unknown then.
 */
export interface NodeMarks {
  /** Undefined for a number that was never used. */
  mark(node: number): Promise<number | undefined>;

  /** Raises a number's mark; a lower one than the stored mark changes nothing. Durable when it resolves. */
  raise(node: number, mark: number): Promise<void>;
}
