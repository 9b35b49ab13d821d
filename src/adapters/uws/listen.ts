import uWS, { type HttpResponse, type TemplatedApp, type HttpRequest as UwsRequest } from 'uWebSockets.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpFrontOptions, HttpRoute, ListenHttp } from '../../ports/http.ts';
import type { LiveFrontOptions } from '../../ports/live-socket.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import { readBody } from './body.ts';
import { Exchange } from './exchange.ts';
import { bodyLengthOf } from './framing.ts';
import { createHeadReader, type Head } from './head.ts';
import { InFlight } from './in-flight.ts';
import { openListenSocket } from './listen-socket.ts';
import { type LiveDeps, serveLive, type UwsLive } from './live-front.ts';
import { readHandshake, UPGRADE_TO_WEBSOCKET } from './live-handshake.ts';
import { decodeParam, paramCountOf } from './path-params.ts';
import { ReceivedRequest } from './received-request.ts';
import { createRequestIds } from './request-id.ts';

// Longer than a purchase's deadline (2 s) and what dependencies are given to answer, so that it's the last resort.
const ANSWER_WITHIN_MS = 10_000;
// A body of 16 KiB arrives in a second on the worst of phones; the rest is for lost packets.
const BODY_WITHIN_MS = 10_000;

/**
 * Up to this many bytes of a refused body are swallowed, so that the client lives to read the answer; from a longer one
 * the connection is cut, for it costs us more than an unread answer costs anybody.
 */
const SWALLOW_BYTES = 4 * 1024 * 1024;

type Accept = (res: HttpResponse, req: UwsRequest) => void;

/** Serves HTTP/1.1 by uWebSockets.js. What the binary answers by itself is listed in its tests. */
export const listenUws: ListenHttp = async (options) => {
  const { host, port, shared = false, bodyWithinMs = BODY_WITHIN_MS, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const app = uWS.App();
  const inFlight = new InFlight();
  const live = serve(app, options, inFlight);
  const socket = await openListenSocket(app, { host, port, shared });
  inFlight.watch({ bodyWithinMs, answerWithinMs });

  let listening = true;
  const stopListening = (): void => {
    if (listening) uWS.us_listen_socket_close(socket);
    listening = false;
    live?.drain();
  };
  return {
    port: uWS.us_socket_local_port(socket),
    inFlight: () => inFlight.size,
    idle: async (graceMs) => {
      await inFlight.idle(graceMs);
      // An answer given from within uWebSockets' own call is written when that call ends, which is behind this promise.
      await nextTurn();
    },
    stopListening,
    ...(live === undefined ? {} : { live }),
    close: () => {
      // Closing the app closes its listen socket too, once more would be a use after free.
      listening = false;
      app.close();
      inFlight.stop();
      live?.stop();
    },
  };
};

function serve(app: TemplatedApp, options: HttpFrontOptions, inFlight: InFlight): UwsLive | undefined {
  const { maxBodyBytes, live } = options;
  const routes = live === undefined ? options.routes : [...options.routes, plainRoute(live, options.refuse)];
  const deps = { inFlight, refuse: options.refuse, onError: options.onError };
  const readHead = createHeadReader();
  const requestIdOf = createRequestIds();
  const allowedMethods = createAllowedMethods(routes);
  const { countRoute = () => uncounted } = options;
  const countUnrouted = countRoute('other', 'none');

  /** Opens the exchange and reads the head; undefined when the request was refused. */
  function begin(exchange: Exchange, req: UwsRequest): { head: Readonly<Head>; length: number } | undefined {
    const head = readHead(req);
    exchange.requestId = requestIdOf(head.requestId);
    const length = bodyLengthOf(head, maxBodyBytes);
    if (typeof length === 'number') return { head, length };
    if (length.code === 'too_large' && Number(head.contentLength) <= SWALLOW_BYTES) exchange.refuse(length);
    else exchange.refuseAndClose(length);
    return undefined;
  }

  function accepting(route: HttpRoute, bodiless: boolean): Accept {
    const paramCount = paramCountOf(route.pattern);
    const count = countRoute(bodiless ? 'HEAD' : route.method, route.pattern);
    return (res, req) => {
      const exchange = new Exchange(res, deps, count);
      exchange.bodiless = bodiless;
      try {
        const begun = begin(exchange, req);
        if (begun === undefined) return;
        const params = paramsOf(req, paramCount);
        if (params === undefined) return exchange.refuse({ code: 'not_found' });
        const request = new ReceivedRequest(route.method, req, params, begun.head, exchange.requestId);
        if (begun.length === 0) return handle(route, request, exchange);
        readBody(res, begun.length, exchange, (body) => {
          request.body = body;
          handle(route, request, exchange);
        });
      } catch (error) {
        exchange.fail(error);
      }
    };
  }

  function unrouted(res: HttpResponse, req: UwsRequest): void {
    const exchange = new Exchange(res, deps, countUnrouted);
    try {
      // In this order: the other way of asking for the method turns it into lower case for good.
      const method = req.getCaseSensitiveMethod();
      exchange.bodiless = method === 'HEAD';
      const url = req.getUrl();
      if (begin(exchange, req) === undefined) return;
      const allow = allowedMethods(url);
      if (allow.length === 0) exchange.refuse({ code: 'not_found' });
      else if (method === 'OPTIONS') exchange.sendAllow(allow.join(', '));
      // The router knows no empty parameter and no other spelling of a method; what matches here, it has let through.
      else exchange.refuse({ code: 'method_not_allowed', allow });
    } catch (error) {
      exchange.fail(error);
    }
  }

  function acceptUpgrade(count: (status: number) => void): LiveDeps['accept'] {
    return (res, req, draining) => {
      const exchange = new Exchange(res, deps, count);
      try {
        const begun = begin(exchange, req);
        if (begun === undefined) return undefined;
        const handshake = readHandshake(req, begun.length);
        if (typeof handshake === 'string') exchange.refuse({ code: 'malformed', detail: handshake });
        else if (draining) exchange.refuse({ code: 'draining' });
        else if (exchange.upgrade()) return { ...handshake, requestId: exchange.requestId };
      } catch (error) {
        exchange.fail(error);
      }
      return undefined;
    };
  }

  for (const route of routes) {
    const accept = accepting(route, false);
    if (route.method === 'GET') app.get(route.pattern, accept).head(route.pattern, accepting(route, true));
    else if (route.method === 'POST') app.post(route.pattern, accept);
    else if (route.method === 'PATCH') app.patch(route.pattern, accept);
    else app.del(route.pattern, accept);
  }
  app.any('/*', unrouted);
  if (live === undefined) return undefined;
  const accept = acceptUpgrade(countRoute('GET', live.path));
  return serveLive(app, live, { accept, newId: () => requestIdOf(''), onError: options.onError });
}

/** Answers who asks for the path of WebSockets without upgrading. */
function plainRoute({ path }: LiveFrontOptions, refuse: HttpFrontOptions['refuse']): HttpRoute {
  return {
    method: 'GET',
    pattern: path,
    handle: ({ requestId }, reply) => refuse({ code: 'malformed', detail: UPGRADE_TO_WEBSOCKET }, requestId, reply),
  };
}

function uncounted(): void {}

function handle(route: HttpRoute, request: ReceivedRequest, exchange: Exchange): void {
  const pending = route.handle(request, exchange);
  if (pending !== undefined) pending.catch((error: unknown) => exchange.fail(error));
}

function paramsOf(req: UwsRequest, count: number): readonly string[] | undefined {
  const params: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const param = decodeParam(req.getParameter(n));
    if (param === undefined) return undefined;
    params.push(param);
  }
  return params;
}
