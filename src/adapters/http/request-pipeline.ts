import type { HttpFrontOptions, HttpMethod, HttpRoute } from '../../ports/http.ts';
import type { LiveFrontOptions, SocketSender } from '../../ports/live-socket.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import type { Exchange } from './exchange.ts';
import { bodyLengthOf } from './framing.ts';
import { createHeadReader, type Head, type HeaderSource } from './head.ts';
import type { ReceivedRequest } from './received-request.ts';
import { RefusalThrottle } from './refusal-throttle.ts';
import { createRequestIds } from './request-id.ts';
import { type Handshake, readHandshake, UPGRADE_TO_WEBSOCKET } from './upgrade-handshake.ts';

/**
 * Up to this length a refused body is read and discarded, so that the client can read the answer. The connection of a
 * longer one is closed: to read it costs more than an answer is worth.
 */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;

const OVERLOADED = { code: 'overloaded' } as const;

export interface AcceptedHead {
  /** Overwritten by the next request. */
  readonly head: Readonly<Head>;
  /** Length of the body that follows, bytes. */
  readonly length: number;
}

/** The steps of a request that do not depend on the transport, from its head to its handler. */
export class RequestPipeline {
  /** Those of the options, and one that answers requests for the WebSocket path which are not an upgrade. */
  readonly routes: readonly HttpRoute[];
  readonly requestIdOf = createRequestIds();
  readonly #readHead = createHeadReader();
  readonly #allowedMethods: (path: string) => readonly string[];
  readonly #shed = new RefusalThrottle<Exchange>((exchange) => exchange.refuse(OVERLOADED));
  readonly #countRoute: NonNullable<HttpFrontOptions['countRoute']>;

  constructor(private readonly options: HttpFrontOptions) {
    const { routes, live, refuse, countRoute = () => uncounted } = options;
    this.routes = live === undefined ? routes : [...routes, upgradeRequiredRoute(live, refuse)];
    this.#allowedMethods = createAllowedMethods(this.routes);
    this.#countRoute = countRoute;
  }

  /** The function that counts the answers of a route, or of requests that match none. */
  counterOf(method: HttpMethod | 'HEAD' | 'other', pattern: string): (status: number) => void {
    return this.#countRoute(method, pattern);
  }

  /** Reads the head of a request and sets its id; undefined when the request was refused, or shed by its `route`. */
  accept(exchange: Exchange, source: HeaderSource, route?: HttpRoute): AcceptedHead | undefined {
    const head = this.#readHead(source);
    exchange.requestId = this.requestIdOf(head.requestId);
    const length = bodyLengthOf(head, this.options.maxBodyBytes);
    if (typeof length === 'number') {
      if (!route?.shouldShed?.()) return { head, length };
      this.#shed.add(exchange);
      return undefined;
    }
    if (length.code === 'too_large' && Number(head.contentLength) <= MAX_DISCARDED_BYTES) exchange.refuse(length);
    else exchange.refuseAndClose(length);
    return undefined;
  }

  /** Whether a request may become a WebSocket, by its headers alone; answers nothing. */
  isUpgrade(source: HeaderSource, header: (name: string) => string, address: string): boolean {
    const head = this.#readHead(source);
    const length = bodyLengthOf(head, this.options.maxBodyBytes);
    if (typeof length !== 'number' || typeof readHandshake(header, length) === 'string') return false;
    return this.options.live?.admission?.refusalOf(senderOf(head, address)) === undefined;
  }

  /** Counts a socket that is opened now; returns what its end has to call. */
  admit(source: HeaderSource, address: string): (() => void) | undefined {
    const admission = this.options.live?.admission;
    return admission?.admit(senderOf(this.#readHead(source), address));
  }

  /** Checks an upgrade whose head was accepted; undefined when it was refused. */
  checkUpgrade(
    exchange: Exchange,
    header: (name: string) => string,
    { head, length }: AcceptedHead,
    draining: boolean,
  ): Handshake | undefined {
    const handshake = readHandshake(header, length);
    const admission = this.options.live?.admission;
    if (typeof handshake === 'string') exchange.refuse({ code: 'malformed', detail: handshake });
    else if (draining) exchange.refuse({ code: 'draining' });
    else {
      const by = admission?.refusalOf(senderOf(head, exchange.remoteAddress()));
      if (by === undefined) return handshake;
      admission?.refused(by);
      exchange.refuse({ code: 'too_many_sockets', by });
    }
    return undefined;
  }

  /** Answers an accepted request that matches no route. */
  answerUnrouted(exchange: Exchange, method: string, path: string): void {
    const allow = this.#allowedMethods(path);
    if (allow.length === 0) exchange.refuse({ code: 'not_found' });
    else if (method === 'OPTIONS') exchange.sendAllow(allow.join(', '));
    else exchange.refuse({ code: 'method_not_allowed', allow });
  }

  handle(route: HttpRoute, request: ReceivedRequest, exchange: Exchange): void {
    const handled = route.handle(request, exchange);
    if (handled !== undefined) handled.catch((error: unknown) => exchange.fail(error));
  }
}

function upgradeRequiredRoute({ path }: LiveFrontOptions, refuse: HttpFrontOptions['refuse']): HttpRoute {
  return {
    method: 'GET',
    pattern: path,
    handle: ({ requestId }, reply) => refuse({ code: 'malformed', detail: UPGRADE_TO_WEBSOCKET }, requestId, reply),
  };
}

function senderOf({ forwardedFor }: Readonly<Head>, address: string): SocketSender {
  return { address, forwardedFor };
}

function uncounted(): void {}
