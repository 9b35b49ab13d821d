import uWS, { type HttpResponse, type TemplatedApp, type HttpRequest as UwsRequest } from 'uWebSockets.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpFrontOptions, HttpRoute, ListenHttp } from '../../ports/http.ts';
import { InFlight } from '../http/in-flight.ts';
import { Intake } from '../http/intake.ts';
import { decodeParam, paramCountOf } from '../http/path-params.ts';
import { ReceivedRequest } from '../http/received-request.ts';
import { ANSWER_WITHIN_MS, BODY_WITHIN_MS } from '../http/time-limits.ts';
import { readBody } from './body.ts';
import { UwsExchange } from './exchange.ts';
import { openListenSocket } from './listen-socket.ts';
import { type LiveDeps, serveLive, type UwsLive } from './live-front.ts';

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
  const deps = { inFlight, refuse: options.refuse, onError: options.onError };
  const intake = new Intake(options);
  const countUnrouted = intake.counterOf('other', 'none');

  function accepting(route: HttpRoute, bodiless: boolean): Accept {
    const paramCount = paramCountOf(route.pattern);
    const count = intake.counterOf(bodiless ? 'HEAD' : route.method, route.pattern);
    return (res, req) => {
      const exchange = new UwsExchange(res, deps, count);
      exchange.bodiless = bodiless;
      try {
        const begun = intake.begin(exchange, req, route);
        if (begun === undefined) return;
        const params = paramsOf(req, paramCount);
        if (params === undefined) return exchange.refuse({ code: 'not_found' });
        // The query is undefined without a question mark, whatever its type says.
        const query = req.getQuery() ?? '';
        const request = new ReceivedRequest(route.method, req.getUrl(), query, params, begun.head, exchange);
        if (begun.length === 0) return intake.handle(route, request, exchange);
        readBody(res, begun.length, exchange, (body) => {
          request.body = body;
          intake.handle(route, request, exchange);
        });
      } catch (error) {
        exchange.fail(error);
      }
    };
  }

  function unrouted(res: HttpResponse, req: UwsRequest): void {
    const exchange = new UwsExchange(res, deps, countUnrouted);
    try {
      // In this order: the other way of asking for the method turns it into lower case for good.
      const method = req.getCaseSensitiveMethod();
      exchange.bodiless = method === 'HEAD';
      const url = req.getUrl();
      if (intake.begin(exchange, req) !== undefined) intake.unrouted(exchange, method, url);
    } catch (error) {
      exchange.fail(error);
    }
  }

  function acceptUpgrade(count: (status: number) => void): LiveDeps['accept'] {
    return (res, req, draining) => {
      const exchange = new UwsExchange(res, deps, count);
      try {
        const begun = intake.begin(exchange, req);
        if (begun === undefined) return undefined;
        const handshake = intake.judgeUpgrade(exchange, (name) => req.getHeader(name), begun.length, draining);
        if (handshake !== undefined && exchange.upgrade()) return { ...handshake, requestId: exchange.requestId };
      } catch (error) {
        exchange.fail(error);
      }
      return undefined;
    };
  }

  for (const route of intake.routes) {
    const accept = accepting(route, false);
    if (route.method === 'GET') app.get(route.pattern, accept).head(route.pattern, accepting(route, true));
    else if (route.method === 'POST') app.post(route.pattern, accept);
    else if (route.method === 'PATCH') app.patch(route.pattern, accept);
    else app.del(route.pattern, accept);
  }
  app.any('/*', unrouted);
  const { live } = options;
  if (live === undefined) return undefined;
  const accept = acceptUpgrade(intake.counterOf('GET', live.path));
  return serveLive(app, live, { accept, newId: () => intake.requestIdOf(''), onError: options.onError });
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
