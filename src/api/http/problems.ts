/**
 * Every problem that the API can answer with (RFC 9457). `type` is `urn:floodgate:problem:<code>`, the same for every
 * installation; the API reference says what each code means.
 */
interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** The text for a person, unless the case has a more specific one. */
  readonly detail: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** Random extra seconds per answer, at most, so that clients that were refused together do not retry together. */
  readonly retrySpreadSeconds?: number;
}

// A draining front exits soon, and its replacement needs a moment to start.
const DRAINING_RETRY_SECONDS = 5;
// Recovery waits for the request deadline (2 s) to pass and then rebuilds; an earlier retry would fail.
const RECOVERING_RETRY_SECONDS = 2;
// Spread over three seconds, retries of ten times the capacity arrive as about three times the capacity a second.
const OVERLOADED_SPREAD_SECONDS = 2;

// An audit of a million tickets takes several seconds.
const BUSY_RETRY_SECONDS = 5;

export const PROBLEMS = {
  malformed: { status: 400, title: 'Malformed request', detail: 'The request is not well-formed HTTP or JSON.' },
  unauthenticated: { status: 401, title: 'Not authenticated', detail: 'A valid bearer token is required.' },
  forbidden: { status: 403, title: 'Forbidden', detail: 'The token does not permit this.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here, or you are not allowed to see it.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'The Allow header lists the methods that are allowed.',
  },
  not_started: { status: 409, title: 'Not started', detail: 'The sale has not opened yet.' },
  paused: { status: 409, title: 'Paused', detail: 'The sale is paused; it may go on at any time.' },
  ended: { status: 409, title: 'Ended', detail: 'The sale is over.' },
  closed: { status: 409, title: 'Closed', detail: 'The sale was closed.' },
  archived: {
    status: 409,
    title: 'Archived',
    detail:
      'The sale is over and was archived: nothing can be bought, and no earlier purchase is repeated. Orders remain.',
  },
  not_over: { status: 409, title: 'Not over', detail: 'The sale has neither ended nor been closed.' },
  not_settled: {
    status: 409,
    title: 'Not settled',
    detail: 'Orders of the sale are not settled yet; `outstanding` says how many.',
  },
  sold_out: {
    status: 409,
    title: 'Sold out',
    detail: 'No tickets are left; one may become available again if an order expires or is cancelled.',
  },
  not_enough_left: {
    status: 409,
    title: 'Not enough left',
    detail: 'Fewer tickets are left than you asked for, and none was reserved; `remaining` says how many there are.',
  },
  limit_reached: {
    status: 409,
    title: 'Limit reached',
    detail: 'You would hold more tickets than this sale allows per buyer.',
  },
  too_many_orders: {
    status: 409,
    title: 'Too many orders',
    detail: 'Too many of your orders in this sale were cancelled or expired: you can place no more in it.',
  },
  not_payable: { status: 409, title: 'Not payable', detail: 'The order cannot be paid in its current state.' },
  not_cancellable: {
    status: 409,
    title: 'Not cancellable',
    detail: 'The order cannot be cancelled in its current state.',
  },
  not_refundable: {
    status: 409,
    title: 'Not refundable',
    detail: 'The order is not paid, or all that was paid is given back.',
  },
  not_draft: {
    status: 409,
    title: 'Not a draft',
    detail: 'The sale has been published: only its texts and picture can be changed.',
  },
  not_published: { status: 409, title: 'Not published', detail: 'The sale has not been published.' },
  job_running: {
    status: 409,
    title: 'Job running',
    detail: 'Another job of this kind is running in the sale; `jobId` says which.',
  },
  job_done: { status: 409, title: 'Job done', detail: 'The job is done: nothing is left to stop or to resume.' },
  in_use: { status: 409, title: 'In use', detail: 'A sale uses it.' },
  length_required: {
    status: 411,
    title: 'Length required',
    detail: 'Send the body with a Content-Length, not chunked.',
  },
  stale: { status: 412, title: 'Stale', detail: 'The resource has changed since the version in If-Match.' },
  too_large: { status: 413, title: 'Too large', detail: 'The body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be application/json.',
  },
  invalid: {
    status: 422,
    title: 'Invalid',
    detail: 'The request does not match the schema; `errors` lists each invalid field.',
  },
  key_mismatch: { status: 422, title: 'Key mismatch', detail: 'This Idempotency-Key was used for another request.' },
  rate_limited: { status: 429, title: 'Rate limited', detail: 'Too many requests.', retryAfterSeconds: 1 },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'An unexpected error occurred; the logs have it under the request id.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too many requests are waiting; nothing was bought. Retry with the same Idempotency-Key.',
    retryAfterSeconds: 1,
    retrySpreadSeconds: OVERLOADED_SPREAD_SECONDS,
  },
  busy: {
    status: 503,
    title: 'Busy',
    detail: 'Others of these long readings are running and waiting; ask again in a few seconds.',
    retryAfterSeconds: BUSY_RETRY_SECONDS,
  },
  unavailable: {
    status: 503,
    title: 'Unavailable',
    detail: 'The outcome is unknown. Retrying with the same Idempotency-Key is safe and never buys twice.',
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
