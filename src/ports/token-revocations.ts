/** A buyer's tokens that were issued before a time are no longer accepted. */
export interface TokenRevocation {
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
}

export interface RevocationChange extends TokenRevocation {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who asked for it: an admin's user id, or the command line. */
  readonly by: string;
}

/**
 * Since when the tokens of each user are accepted, for those of whom any were revoked. Nothing is ever removed: a token may be
 * valid for years. Errors: Fault `unavailable` or `timeout`; a call may be repeated.
 */
export interface TokenRevocations {
  /** An earlier time than the stored one changes nothing: what was revoked stays revoked. Returns the time in force. */
  revoke(change: RevocationChange): Promise<number>;

  /** A number that increases with each revocation: while it is the same, so are all of them. */
  revision(): Promise<number>;

  /** In ascending order of user ids, up to `limit` of those that are greater than `after`. */
  list(query: { readonly after: string; readonly limit: number }): Promise<readonly TokenRevocation[]>;
}
