import type { LiveFront, LiveFrontOptions } from './live-socket.ts';

/**
 * The HTTP front as the API sees it. A front decodes, guards and routes; handlers get whole requests and answer
 * once. Handlers are synchronous: one that needs to wait keeps the reply and answers later.
 */
export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Without the query. */
  readonly path: string;
  /** The path's parameters, percent-decoded, in the order of the route's pattern. */
  readonly params: readonly string[];
  /** Without the question mark, as sent; empty without one. */
  readonly query: string;
  readonly requestId: string;
  /** The Authorization header; empty without one. */
  readonly authorization: string;
  /** The Idempotency-Key header; undefined without one, empty when sent empty. */
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  /** The If-Match header; empty without one. */
  readonly ifMatch: string;
  /** The Floodgate-Signature header; empty without one. */
  readonly signature: string;
  /** The X-Forwarded-For headers, joined by commas; empty without one. Anybody may have written it. */
  readonly forwardedFor: string;
  /** The IP address at the other end of the connection, as text; to be read before the answer is given. */
  readonly address: string;
  /** The whole body; empty for requests without one. */
  readonly body: Uint8Array;
}

/** Proxies whose X-Forwarded-For entry counts: as many as are passed on the way, or all of some networks. */
export type TrustedProxies = { readonly hops: number } | { readonly networks: readonly IpNetwork[] };

/** `10.0.0.0/8`: valid addresses only, and a length that fits the address's version. */
export interface IpNetwork {
  readonly address: string;
  /** Bits, as counted in the address's own version. */
  readonly prefixLength: number;
}

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export interface HttpReply {
  /** False once the client hung up or an answer was sent: nothing can be sent any more. */
  readonly open: boolean;
  /**
   * Answers; the first call counts, later ones do nothing. Header values are checked by the caller: no CR, LF or NUL.
   * The front adds content-length, date, x-request-id and the security headers, and `cache-control: no-store` where the
   * handler names none and a cache might keep the answer.
   */
  send(status: number, contentType: string, body: string | Uint8Array, headers?: HeaderPairs): void;
}

export interface HttpRoute {
  readonly method: HttpMethod;
  /** `/v1/sales/:saleId`: a colon begins a parameter that reaches to the next slash. */
  readonly pattern: string;
  /**
   * Asked when the headers of a request have come, before anything is made of them: with true the request is refused as
   * `overloaded`, and its body is nobody's. @default never
   */
  readonly turnsAway?: () => boolean;
  /** Throwing or rejecting answers 500 and is logged; the process goes on. */
  readonly handle: (request: HttpRequest, reply: HttpReply) => void | Promise<void>;
}

/** What the front found wrong before a handler could be called. */
export type HttpRefusal =
  | { readonly code: 'malformed'; readonly detail: string }
  | { readonly code: 'not_found' }
  /** What the Allow header names: HEAD and OPTIONS too. */
  | { readonly code: 'method_not_allowed'; readonly allow: readonly string[] }
  | { readonly code: 'length_required' }
  | { readonly code: 'too_large' }
  /** The route has turned it away. */
  | { readonly code: 'overloaded' }
  /** The handler did not answer in time. */
  | { readonly code: 'unavailable' }
  /** An upgrade to WebSocket while the process shuts down. */
  | { readonly code: 'draining' }
  | { readonly code: 'internal' };

export interface HttpFrontOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Bytes of a body at the most; more is refused as too_large. */
  readonly maxBodyBytes: number;
  /** Whether other processes may listen on the same port, to share its connections. @default false */
  readonly shared?: boolean;
  /** A body that takes longer than this to arrive is cut off with its connection. @default 10,000 ms */
  readonly bodyWithinMs?: number;
  /** A handler that takes longer than this is answered for, as `unavailable`. @default 10,000 ms */
  readonly answerWithinMs?: number;
  readonly routes: readonly HttpRoute[];
  /** Writes the problem for a refusal. */
  readonly refuse: (refusal: HttpRefusal, requestId: string, reply: HttpReply) => void;
  /**
   * Asked at start for the counter of each method and pattern, and for one (`other`, `none`) of what no route took; the
   * counter is called with the status of each answer.
   */
  readonly countRoute?: (method: HttpMethod | 'HEAD' | 'other', pattern: string) => (status: number) => void;
  /** WebSockets, on the same port. */
  readonly live?: LiveFrontOptions;
  /** Something broke in a handler, or it did not answer in time. */
  readonly onError: (error: unknown, requestId: string) => void;
}

export interface HttpFront {
  /** Where it listens. */
  readonly port: number;
  /** Requests that have no answer yet. */
  readonly inFlight: () => number;
  /** Resolves when every request has its answer, or after `graceMs`. */
  readonly idle: (graceMs: number) => Promise<void>;
  /** Stops accepting connections; those open keep being served. */
  readonly stopListening: () => void;
  /** There when `live` was given. */
  readonly live?: LiveFront;
  /** Closes what is still open. */
  readonly close: () => void;
}

/** Errors: Fault `config` when the address can't be listened on. */
export type ListenHttp = (options: HttpFrontOptions) => Promise<HttpFront>;
