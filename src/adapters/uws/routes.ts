import type { HttpResponse, TemplatedApp, HttpRequest as UwsRequest } from 'uWebSockets.js';
import type { HttpFrontOptions, HttpRoute } from '../../ports/http.ts';
import type { ExchangeDeps } from '../http/exchange.ts';
import type { InFlight } from '../http/in-flight.ts';
import { decodeParam, paramCountOf } from '../http/path-params.ts';
import { ReceivedRequest } from '../http/received-request.ts';
import { RequestPipeline } from '../http/request-pipeline.ts';
import { readBody } from './body.ts';
import { UwsExchange } from './exchange.ts';
import { type AcceptUpgrade, serveLive, type UwsLive } from './live-front.ts';

type Handler = (res: HttpResponse, req: UwsRequest) => void;

/** Adds all routes to an app that does not listen yet. */
export function addRoutes(app: TemplatedApp, options: HttpFrontOptions, inFlight: InFlight): UwsLive | undefined {
  const { live, onError, refuse } = options;
  const pipeline = new RequestPipeline(options);
  const deps: ExchangeDeps = { inFlight, refuse, onError };
  for (const route of pipeline.routes) addRoute(app, pipeline, deps, route);
  app.any('/*', unroutedHandler(pipeline, deps));
  if (live === undefined) return undefined;
  const accept = upgradeHandler(pipeline, deps, pipeline.counterOf('GET', live.path));
  return serveLive(app, live, { accept, newId: () => pipeline.requestIdOf(''), onError });
}

function addRoute(app: TemplatedApp, pipeline: RequestPipeline, deps: ExchangeDeps, route: HttpRoute): void {
  const { method, pattern } = route;
  const handler = routeHandler(pipeline, deps, route, false);
  if (method === 'GET') app.get(pattern, handler).head(pattern, routeHandler(pipeline, deps, route, true));
  else if (method === 'POST') app.post(pattern, handler);
  else if (method === 'PATCH') app.patch(pattern, handler);
  else app.del(pattern, handler);
}

function routeHandler(pipeline: RequestPipeline, deps: ExchangeDeps, route: HttpRoute, bodiless: boolean): Handler {
  const paramCount = paramCountOf(route.pattern);
  const count = pipeline.counterOf(bodiless ? 'HEAD' : route.method, route.pattern);
  return (res, req) => {
    const exchange = new UwsExchange(res, deps, count);
    exchange.bodiless = bodiless;
    try {
      const accepted = pipeline.accept(exchange, req, route);
      if (accepted === undefined) return;
      const params = paramsOf(req, paramCount);
      if (params === undefined) return exchange.refuse({ code: 'not_found' });
      // Undefined without a question mark, contrary to its type.
      const query = req.getQuery() ?? '';
      const request = new ReceivedRequest(route.method, req.getUrl(), query, params, accepted.head, exchange);
      if (accepted.length === 0) return pipeline.handle(route, request, exchange);
      readBody(res, accepted.length, exchange, (body) => {
        request.body = body;
        pipeline.handle(route, request, exchange);
      });
    } catch (error) {
      exchange.fail(error);
    }
  };
}

function unroutedHandler(pipeline: RequestPipeline, deps: ExchangeDeps): Handler {
  const count = pipeline.counterOf('other', 'none');
  return (res, req) => {
    const exchange = new UwsExchange(res, deps, count);
    try {
      // getMethod would convert the method to lower case in uWebSockets' own buffer.
      const method = req.getCaseSensitiveMethod();
      exchange.bodiless = method === 'HEAD';
      const url = req.getUrl();
      if (pipeline.accept(exchange, req) !== undefined) pipeline.answerUnrouted(exchange, method, url);
    } catch (error) {
      exchange.fail(error);
    }
  };
}

function upgradeHandler(pipeline: RequestPipeline, deps: ExchangeDeps, count: (status: number) => void): AcceptUpgrade {
  return (res, req, draining) => {
    const exchange = new UwsExchange(res, deps, count);
    try {
      const accepted = pipeline.accept(exchange, req);
      if (accepted === undefined) return undefined;
      const handshake = pipeline.checkUpgrade(exchange, (name) => req.getHeader(name), accepted, draining);
      if (handshake === undefined) return undefined;
      const address = exchange.remoteAddress();
      if (!exchange.upgrade()) return undefined;
      return { ...handshake, requestId: exchange.requestId, release: pipeline.admit(req, address) };
    } catch (error) {
      exchange.fail(error);
    }
    return undefined;
  };
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
