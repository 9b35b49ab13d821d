import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExchangeDeps } from '../http/exchange.ts';
import { ReceivedRequest } from '../http/received-request.ts';
import type { AcceptedHead, RequestPipeline } from '../http/request-pipeline.ts';
import { readBody } from './body.ts';
import type { ConnectionOf } from './connection.ts';
import { NodeExchange } from './exchange.ts';
import type { NodeLive } from './live-front.ts';
import { headerOf, headersOf, type Target, targetOf } from './request.ts';
import { type RouteMatch, Router } from './router.ts';

const NEEDS_HTTP_1_1 = 'Send HTTP/1.1 and a path, as nginx does with proxy_http_version 1.1.';

export interface ReceiverDeps {
  readonly exchange: ExchangeDeps;
  readonly connectionOf: ConnectionOf;
  readonly live: { readonly path: string; readonly draining: NodeLive['draining'] } | undefined;
}

/** `expectsContinue`: the client waits for a 100 before it sends its body. */
export type Receive = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean) => void;

/** Makes the listener that passes each of Node's requests to its route. */
export function createReceiver(
  pipeline: RequestPipeline,
  { exchange: deps, connectionOf, live }: ReceiverDeps,
): Receive {
  const router = new Router(pipeline.routes, (method, pattern) => pipeline.counterOf(method, pattern));
  const countUnrouted = pipeline.counterOf('other', 'none');

  function serve(
    exchange: NodeExchange,
    { route, params }: RouteMatch,
    { path, query }: Target,
    { head, length }: AcceptedHead,
    req: IncomingMessage,
  ): void {
    if (params === undefined) {
      exchange.refuse({ code: 'not_found' });
      return;
    }
    // Only an upgrade that can't be done gets here: refused with the reason.
    if (route.pattern === live?.path) {
      pipeline.checkUpgrade(exchange, headerOf(req), { head, length }, live.draining());
      if (!exchange.open) return;
    }
    const request = new ReceivedRequest(route.method, path, query, params, head, exchange);
    if (length === 0) {
      pipeline.handle(route, request, exchange);
      return;
    }
    exchange.sendContinue();
    readBody(req, exchange, (body) => {
      request.body = body;
      pipeline.handle(route, request, exchange);
    });
  }

  return (req, res, expectsContinue) => {
    const connection = connectionOf(req.socket);
    if (connection.closing) return;
    // No pipelining: a client that does not wait for its answers could make the process hold any number of requests.
    if (connection.latest?.answering) {
      connection.socket.destroy();
      return;
    }
    const { method = '' } = req;
    const target = targetOf(req);
    const match = router.find(method, target.path);
    const exchange = new NodeExchange(res, connection, deps, match?.count ?? countUnrouted);
    exchange.bodiless = method === 'HEAD';
    if (expectsContinue) exchange.awaitContinue();
    try {
      const accepted = pipeline.accept(exchange, headersOf(req), match?.route);
      if (accepted === undefined) return;
      // RFC 9112, section 3.2: a target that is not a path is for proxies.
      if (req.httpVersion !== '1.1' || !target.path.startsWith('/')) {
        exchange.refuseAndClose({ code: 'malformed', detail: NEEDS_HTTP_1_1 });
      } else if (match === undefined) {
        pipeline.answerUnrouted(exchange, method, target.path);
      } else {
        serve(exchange, match, target, accepted, req);
      }
    } catch (error) {
      exchange.fail(error);
    }
  };
}
