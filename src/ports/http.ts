import type { LiveFront, LiveFrontOptions, SocketRefusal } from './live-socket.ts';

/**
 * The HTTP front as the API sees it. A front parses, checks and routes requests; a handler gets a whole request and
 * answers it once, at once or later.
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
  /** The If-Match headers, joined by commas; empty without one. */
  readonly ifMatch: string;
  /** The If-None-Match headers, joined by commas; empty without one. */
  readonly ifNoneMatch: string;
  /** The Accept headers, joined by commas; empty without one. */
  readonly accept: string;
  /** The Accept-Encoding headers, joined by commas; empty without one. */
  readonly acceptEncoding: string;
  /** The Floodgate-Signature header; empty without one. */
  readonly signature: string;
  /** The X-Forwarded-For headers, joined by commas; empty without one. Any client can forge it. */
  readonly forwardedFor: string;
  /** The IP address of the other end of the connection, as text; to be read before the answer is given. */
  readonly address: string;
  /** The whole body; empty for requests without one. */
  readonly body: Uint8Array;
}

/** The proxies whose X-Forwarded-For entries are believed: the last `hops` before this server, or all in some networks. */
export type TrustedProxies = { readonly hops: number } | { readonly networks: readonly IpNetwork[] };

/** A network such as `10.0.0.0/8`; the address is valid, and the prefix length fits its version. */
export interface IpNetwork {
  readonly address: string;
  /** Bits: up to 32 for IPv4, up to 128 for IPv6. */
  readonly prefixLength: number;
}

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** A body in pieces. The next one is asked for when the connection has taken those before. */
export type HttpBody = AsyncIterable<string | Uint8Array>;

export interface HttpReply {
  /** False once the client has disconnected or an answer was sent: nothing can be sent any more. */
  readonly open: boolean;
  /**
   * Answers. The first call counts, later ones do nothing. The caller makes sure that no header value has a CR, LF or NUL.
   * The front adds content-length, date, x-request-id and the security headers, and `cache-control: no-store` where the
   * handler sets none and a cache might store the answer. 204 and 304 have no body, and neither a type nor a length.
   */
  send(status: number, contentType: string, body: string | Uint8Array, headers?: HeaderPairs): void;
  /**
   * Answers with a body of unknown length, at constant memory; otherwise as `send`. Nothing is sent before the first piece is
   * there, so that its failure can still be answered; the time limit of an answer ends with it. For HEAD only that piece is
   * taken. Resolves when all is sent, the client has left, or an answer was sent before; the source's `return` was called
   * by then. Errors: those of the source. After the first piece the connection is closed with it: the answer is incomplete,
   * and the client knows it.
   */
  stream(status: number, contentType: string, body: HttpBody, headers?: HeaderPairs): Promise<void>;
}

export interface HttpRoute {
  readonly method: HttpMethod;
  /** `/v1/sales/:saleId`: a colon begins a parameter that extends to the next slash. */
  readonly pattern: string;
  /**
   * Called when a request's headers have arrived, before they are processed. True sheds the request: it is refused as
   * `overloaded`, and its body is discarded. @default never
   */
  readonly shouldShed?: () => boolean;
  /** An exception or a rejection is answered with 500 and logged; the process goes on. */
  readonly handle: (request: HttpRequest, reply: HttpReply) => void | Promise<void>;
}

/** Why the front itself refuses a request. */
export type HttpRefusal =
  | { readonly code: 'malformed'; readonly detail: string }
  | { readonly code: 'not_found' }
  /** `allow` is the content of the Allow header, HEAD and OPTIONS included. */
  | { readonly code: 'method_not_allowed'; readonly allow: readonly string[] }
  | { readonly code: 'length_required' }
  | { readonly code: 'too_large' }
  /** The route sheds load. */
  | { readonly code: 'overloaded' }
  /** The handler did not answer in time. */
  | { readonly code: 'unavailable' }
  /** An upgrade to WebSocket while the process shuts down. */
  | { readonly code: 'draining' }
  /** An upgrade to WebSocket that is one too many. */
  | { readonly code: 'too_many_sockets'; readonly by: SocketRefusal }
  | { readonly code: 'internal' };

export interface HttpFrontOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The longest body, bytes; a longer one is refused as too_large. */
  readonly maxBodyBytes: number;
  /** Whether other processes may listen on the same port, to share its connections. @default false */
  readonly shared?: boolean;
  /** The connection of a body that takes longer than this to arrive is closed. @default 10,000 ms */
  readonly bodyWithinMs?: number;
  /**
   * How long a connection stays open between two requests. uWebSockets.js has no such setting: 8 to 12 seconds.
   * @default 75,000 ms
   */
  readonly keepAliveMs?: number;
  /** A request whose handler takes longer than this is refused as `unavailable`. @default 10,000 ms */
  readonly answerWithinMs?: number;
  readonly routes: readonly HttpRoute[];
  /** Writes the answer to a refused request. */
  readonly refuse: (refusal: HttpRefusal, requestId: string, reply: HttpReply) => void;
  /**
   * Called at start for each method and pattern, and for requests that match no route (`other`, `none`). The counter that it
   * returns is called with the status of each answer.
   */
  readonly countRoute?: (method: HttpMethod | 'HEAD' | 'other', pattern: string) => (status: number) => void;
  /** WebSockets, on the same port. */
  readonly live?: LiveFrontOptions;
  /** The front has stopped to accept connections, or accepts them again. */
  readonly onAccepting?: (state: AcceptState) => void;
  /** A handler has failed, or did not answer in time. */
  readonly onError: (error: unknown, requestId: string) => void;
}

/** Whether a front accepts connections: not while the process is short of file descriptors. */
export interface AcceptState {
  readonly accepting: boolean;
  /** How many descriptors the process may have open; undefined where the system does not say. */
  readonly limit: number | undefined;
  /** Why it can't accept again, though descriptors are free; it tries again. */
  readonly because?: string;
}

export interface HttpFront {
  /** The port that it listens on. */
  readonly port: number;
  /** Number of requests without an answer. */
  readonly inFlight: () => number;
  /** Resolves when every request that has arrived was answered, or after `graceMs`. */
  readonly idle: (graceMs: number) => Promise<void>;
  /** From now on each answer is the last one of its connection, and says so (`Connection: close`). */
  readonly drain: () => void;
  /** Stops accepting connections; open ones are still served. */
  readonly stopListening: () => void;
  /** Present when the options have `live`. */
  readonly live?: LiveFront;
  /** Closes all connections. */
  readonly close: () => void;
}

/** Errors: Fault `config` when the address can't be listened on. */
export type ListenHttp = (options: HttpFrontOptions) => Promise<HttpFront>;
