import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExchangeDeps } from '../http/exchange.ts';
import type { Begun, Intake } from '../http/intake.ts';
import { ReceivedRequest } from '../http/received-request.ts';
import { readBody } from './body.ts';
import type { ConnectionOf } from './connection.ts';
import { NodeExchange } from './exchange.ts';
import type { NodeLive } from './live-front.ts';
import { headerOf, headersOf, type Target, targetOf } from './request.ts';
import { type RouteMatch, Router } from './router.ts';

export interface ReceiverDeps {
  readonly exchange: ExchangeDeps;
  readonly connectionOf: ConnectionOf;
  readonly live: { readonly path: string; readonly draining: NodeLive['draining'] } | undefined;
}

/** `asks`: the client wants to be told whether to send its body. */
export type Receive = (req: IncomingMessage, res: ServerResponse, asks: boolean) => void;

/** Makes what takes each request from Node to its route. */
export function createReceiver(intake: Intake, { exchange: deps, connectionOf, live }: ReceiverDeps): Receive {
  const router = new Router(intake.routes, (method, pattern) => intake.counterOf(method, pattern));
  const countUnrouted = intake.counterOf('other', 'none');

  function serve(exchange: NodeExchange, match: RouteMatch, target: Target, begun: Begun, req: IncomingMessage): void {
    const { route, params } = match;
    const { path, query } = target;
    if (params === undefined) {
      exchange.refuse({ code: 'not_found' });
      return;
    }
    // An upgrade that can be done never comes here, so this one is told why it can't.
    if (route.pattern === live?.path) {
      intake.judgeUpgrade(exchange, headerOf(req), begun.length, live.draining());
      if (!exchange.open) return;
    }
    const request = new ReceivedRequest(route.method, path, query, params, begun.head, exchange);
    if (begun.length === 0) {
      intake.handle(route, request, exchange);
      return;
    }
    exchange.sendContinue();
    readBody(req, exchange, (body) => {
      request.body = body;
      intake.handle(route, request, exchange);
    });
  }

  return (req, res, asks) => {
    const connection = connectionOf(req.socket);
    if (connection.closing) return;
    // One at a time: whoever doesn't wait for the answer could make us hold any number of requests.
    if (connection.latest?.open) {
      connection.socket.destroy();
      return;
    }
    const { method = '' } = req;
    const target = targetOf(req);
    const match = router.find(method, target.path);
    const exchange = new NodeExchange(res, connection, deps, match?.count ?? countUnrouted);
    if (asks) exchange.awaitContinue();
    try {
      const begun = intake.begin(exchange, headersOf(req), match?.route);
      if (begun === undefined) return;
      if (req.httpVersion !== '1.1') {
        exchange.refuseAndClose({ code: 'malformed', detail: 'This is not a request in HTTP/1.1.' });
      } else if (match === undefined) {
        intake.unrouted(exchange, method, target.path);
      } else {
        serve(exchange, match, target, begun, req);
      }
    } catch (error) {
      exchange.fail(error);
    }
  };
}
