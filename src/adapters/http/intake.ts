import type { HttpFrontOptions, HttpMethod, HttpRoute } from '../../ports/http.ts';
import type { LiveFrontOptions } from '../../ports/live-socket.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import type { Exchange } from './exchange.ts';
import { bodyLengthOf } from './framing.ts';
import { createHeadReader, type Head, type HeaderSource } from './head.ts';
import { type Handshake, readHandshake, UPGRADE_TO_WEBSOCKET } from './live-handshake.ts';
import type { ReceivedRequest } from './received-request.ts';
import { createRequestIds } from './request-id.ts';
import { TurnedAway } from './turned-away.ts';

/**
 * Up to this many bytes of a refused body are swallowed, so that the client lives to read the answer; from a longer one
 * the connection is cut, for it costs us more than an unread answer costs anybody.
 */
const SWALLOW_BYTES = 4 * 1024 * 1024;

const TURNED_AWAY = { code: 'overloaded' } as const;

export interface Begun {
  /** Overwritten by the next request. */
  readonly head: Readonly<Head>;
  /** Bytes of body that follow. */
  readonly length: number;
}

/** What every front does with a request, whatever carries it. */
export class Intake {
  /** Those of the options, and the one that answers who asks for the path of WebSockets without upgrading. */
  readonly routes: readonly HttpRoute[];
  readonly requestIdOf = createRequestIds();
  readonly #readHead = createHeadReader();
  readonly #allowedMethods: (path: string) => readonly string[];
  readonly #turnedAway = new TurnedAway<Exchange>((exchange) => exchange.refuse(TURNED_AWAY));
  readonly #countRoute: NonNullable<HttpFrontOptions['countRoute']>;

  constructor(private readonly options: HttpFrontOptions) {
    const { routes, live, refuse, countRoute = () => uncounted } = options;
    this.routes = live === undefined ? routes : [...routes, plainRoute(live, refuse)];
    this.#allowedMethods = createAllowedMethods(this.routes);
    this.#countRoute = countRoute;
  }

  /** Counts the answers of a route, or of what no route takes. */
  counterOf(method: HttpMethod | 'HEAD' | 'other', pattern: string): (status: number) => void {
    return this.#countRoute(method, pattern);
  }

  /** Opens the exchange and reads the head; undefined when the request, whose `route` this is, was refused. */
  begin(exchange: Exchange, source: HeaderSource, route?: HttpRoute): Begun | undefined {
    const head = this.#readHead(source);
    exchange.requestId = this.requestIdOf(head.requestId);
    const length = bodyLengthOf(head, this.options.maxBodyBytes);
    if (typeof length === 'number') {
      if (!route?.turnsAway?.()) return { head, length };
      this.#turnedAway.add(exchange);
      return undefined;
    }
    if (length.code === 'too_large' && Number(head.contentLength) <= SWALLOW_BYTES) exchange.refuse(length);
    else exchange.refuseAndClose(length);
    return undefined;
  }

  /** Whether a request may become a WebSocket, by its headers alone; answers nothing. */
  isUpgrade(source: HeaderSource, header: (name: string) => string): boolean {
    const length = bodyLengthOf(this.#readHead(source), this.options.maxBodyBytes);
    return typeof length === 'number' && typeof readHandshake(header, length) !== 'string';
  }

  /** Judges an upgrade whose exchange has begun; undefined when it was refused. */
  judgeUpgrade(
    exchange: Exchange,
    header: (name: string) => string,
    bodyLength: number,
    draining: boolean,
  ): Handshake | undefined {
    const handshake = readHandshake(header, bodyLength);
    if (typeof handshake === 'string') exchange.refuse({ code: 'malformed', detail: handshake });
    else if (draining) exchange.refuse({ code: 'draining' });
    else return handshake;
    return undefined;
  }

  /** Answers a begun request that no route took. */
  unrouted(exchange: Exchange, method: string, path: string): void {
    const allow = this.#allowedMethods(path);
    if (allow.length === 0) exchange.refuse({ code: 'not_found' });
    else if (method === 'OPTIONS') exchange.sendAllow(allow.join(', '));
    // The router knows no empty parameter and no other spelling of a method; what matches here, it has let through.
    else exchange.refuse({ code: 'method_not_allowed', allow });
  }

  handle(route: HttpRoute, request: ReceivedRequest, exchange: Exchange): void {
    const pending = route.handle(request, exchange);
    if (pending !== undefined) pending.catch((error: unknown) => exchange.fail(error));
  }
}

function plainRoute({ path }: LiveFrontOptions, refuse: HttpFrontOptions['refuse']): HttpRoute {
  return {
    method: 'GET',
    pattern: path,
    handle: ({ requestId }, reply) => refuse({ code: 'malformed', detail: UPGRADE_TO_WEBSOCKET }, requestId, reply),
  };
}

function uncounted(): void {}
