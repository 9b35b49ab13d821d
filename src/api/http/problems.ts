/**
 * Every problem that the API can answer with (RFC 9457). `type` is `urn:floodgate:problem:<code>`: an identifier that
 * stays the same wherever Floodgate runs; what it means stands in the contract.
 */
interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it says unless the case at hand knows better. */
  readonly detail: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** Up to so many seconds more, at random for each answer, so that those who are refused together don't return together. */
  readonly retrySpreadSeconds?: number;
}

// A front that drains is gone in a moment, and its successor needs one to come up.
const DRAINING_RETRY_SECONDS = 5;
// Recovery waits out the request deadline (2 s) and rebuilds; sooner is in vain.
const RECOVERING_RETRY_SECONDS = 2;
// Three seconds' worth of retries arrive one by one: what came at once tenfold comes back threefold.
const OVERLOADED_SPREAD_SECONDS = 2;

export const PROBLEMS = {
  malformed: { status: 400, title: 'Malformed request', detail: 'The request is not well-formed HTTP or JSON.' },
  unauthenticated: { status: 401, title: 'Not authenticated', detail: 'A valid bearer token is needed.' },
  forbidden: { status: 403, title: 'Forbidden', detail: 'The token does not permit this.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here, or nothing that you may see.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', detail: 'The Allow header names the methods.' },
  not_started: { status: 409, title: 'Not started', detail: 'The sale has not opened yet.' },
  ended: { status: 409, title: 'Ended', detail: 'The sale is over.' },
  closed: { status: 409, title: 'Closed', detail: 'The sale was closed.' },
  sold_out: { status: 409, title: 'Sold out', detail: 'No ticket is left; one may come back when an order expires.' },
  limit_reached: { status: 409, title: 'Limit reached', detail: 'You hold as many tickets as the sale allows.' },
  not_payable: { status: 409, title: 'Not payable', detail: 'The order is in a state in which it cannot be paid.' },
  not_cancellable: {
    status: 409,
    title: 'Not cancellable',
    detail: 'The order is in a state in which it cannot be cancelled.',
  },
  not_draft: { status: 409, title: 'Not a draft', detail: 'The sale was published: it stands as it is.' },
  not_published: { status: 409, title: 'Not published', detail: 'Only a published sale can be closed.' },
  in_use: { status: 409, title: 'In use', detail: 'A sale sells it.' },
  length_required: {
    status: 411,
    title: 'Length required',
    detail: 'Send the body with a Content-Length, not in chunks.',
  },
  stale: { status: 412, title: 'Stale', detail: 'It has changed since the version in If-Match.' },
  too_large: { status: 413, title: 'Too large', detail: 'The body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be application/json.',
  },
  invalid: { status: 422, title: 'Invalid', detail: 'The request breaks the schema; `errors` says where.' },
  key_mismatch: { status: 422, title: 'Key mismatch', detail: 'This Idempotency-Key was used for another request.' },
  rate_limited: { status: 429, title: 'Rate limited', detail: 'Too many requests.', retryAfterSeconds: 1 },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something broke on our side; the request id leads to it.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too much is waiting; nothing was bought. Retry with the same Idempotency-Key.',
    retryAfterSeconds: 1,
    retrySpreadSeconds: OVERLOADED_SPREAD_SECONDS,
  },
  unavailable: {
    status: 503,
    title: 'Unavailable',
    detail: 'What came of it is unknown. Retrying with the same Idempotency-Key is safe and never buys twice.',
    retryAfterSeconds: 1,
  },
  recovering: {
    status: 503,
    title: 'Recovering',
    detail: 'The sale is being restored. Retry with the same Idempotency-Key.',
    retryAfterSeconds: RECOVERING_RETRY_SECONDS,
  },
  draining: {
    status: 503,
    title: 'Draining',
    detail: 'This server is shutting down; nothing was bought. Retry with the same Idempotency-Key.',
    retryAfterSeconds: DRAINING_RETRY_SECONDS,
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

export function kindOf(code: ProblemCode): ProblemKind {
  return PROBLEMS[code];
}
