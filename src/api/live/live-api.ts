import type { Order } from '../../domain/order.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveHandlers, LiveSocket } from '../../ports/live-socket.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { refusalOfToken } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { constantProblem, type Rendered } from '../http/problem.ts';
import { refusalOfKey, type SubmitPurchaseDeps, submitPurchase } from '../purchases/submit.ts';
import { Buyers } from './buyers.ts';
import { type ClientFrame, readFrame } from './client-frames.ts';
import { type FrameRates, LiveClient } from './live-client.ts';
import { errorText, helloText, pongText, purchaseText } from './server-frames.ts';
import { StockTopics, type StockTopicsDeps } from './stock-topics.ts';
import { Subscriptions, type SubscriptionsDeps } from './subscriptions.ts';

export interface LiveLimits extends FrameRates {
  /** Sales that one connection may subscribe to at once. */
  readonly subscriptions: number;
}

export const liveLimits = {
  // A page shows a sale or a few; a monitor has room for what fits on it.
  subscriptions: 50,
  // Ten times what a page with a frantic user sends.
  frames: { perSecond: 50, burst: 100 },
  // Ten times what is welcome: nobody who honours the 429s comes near.
  flood: { perSecond: 500, burst: 1000 },
} as const satisfies LiveLimits;

/** What happened on the sockets, for who counts it. */
export interface LiveCounters {
  readonly liveFrame: (type: ClientFrame['type'] | 'bad' | 'too_many') => void;
  readonly liveFlood: () => void;
  readonly liveOrders: (told: number) => void;
}

export interface LiveApiDeps
  extends SubmitPurchaseDeps,
    Omit<StockTopicsDeps, 'now'>,
    Pick<SubscriptionsDeps, 'sales' | 'onFault'> {
  readonly auth: Authenticator;
  readonly clock: Clock;
  readonly counters: LiveCounters;
  /** @default liveLimits */
  readonly frameLimits?: LiveLimits;
}

export interface LiveApi {
  readonly handlers: LiveHandlers;
  /** Tells those who look at the sale. */
  readonly stock: (frame: StockFrame) => void;
  /** Tells each order's buyer, on all their sockets here. */
  readonly orders: (orders: readonly Order[]) => void;
  /** The sales that somebody looks at. */
  readonly watched: () => readonly string[];
  /** Resolves when every purchase has its answer. */
  readonly idle: () => Promise<void>;
}

const FLOOD = { code: 1008, reason: 'too many frames' } as const;

const TOO_MANY_FRAMES = constantProblem('rate_limited', { detail: 'Too many frames.' });

/** The live protocol on sockets of any kind; see docs/live.md. */
export function createLiveApi(deps: LiveApiDeps): LiveApi {
  const { auth, clock, counters, frameLimits = liveLimits } = deps;
  const clients = new Map<LiveSocket, LiveClient>();
  const buyers = new Buyers(auth);
  const topics = new StockTopics({ ...deps, now: clock.now });
  const subscriptions = new Subscriptions({
    ...deps,
    topics,
    isAdmin: (client) => buyers.isAdmin(client),
    max: frameLimits.subscriptions,
  });
  /** Purchases that have no answer yet. */
  let inFlight = 0;
  const whenIdle: (() => void)[] = [];

  /** `id` is what the reply carries, as JSON; `requestId` names all that the frame causes. */
  const handle = (client: LiveClient, frame: ClientFrame, id: string, requestId: string): void => {
    switch (frame.type) {
      case 'ping':
        client.socket.send(pongText(id, clock.now()));
        break;
      case 'auth':
        buyers.login(client, frame.token, id, requestId);
        break;
      case 'subscribe':
        subscriptions.subscribe(client, frame.saleId, id, requestId);
        break;
      case 'unsubscribe':
        subscriptions.unsubscribe(client, frame.saleId, id);
        break;
      case 'purchase':
        purchase(client, frame, id, requestId);
        break;
    }
  };

  /** Judged in the order in which HTTP judges: who asks, with which key, for what. */
  const purchase = (
    client: LiveClient,
    { saleId, idempotencyKey }: Extract<ClientFrame, { type: 'purchase' }>,
    id: string,
    requestId: string,
  ): void => {
    const reply = (answer: Rendered) => client.socket.send(purchaseText(id, answer));
    const principal = buyers.who(client);
    if (typeof principal === 'string') {
      reply(refusalOfToken(principal, requestId));
      return;
    }
    const refusal = refusalOfKey(idempotencyKey, requestId);
    if (refusal !== undefined) {
      reply(refusal);
      return;
    }
    inFlight += 1;
    submitPurchase(deps, { saleId, userId: principal.userId, idempotencyKey, requestId }, (answer) => {
      inFlight -= 1;
      reply(answer);
      if (inFlight === 0) for (const tell of whenIdle.splice(0)) tell();
    });
  };

  const received = (socket: LiveSocket, text: string): void => {
    const client = clients.get(socket);
    if (client === undefined) return;
    const verdict = client.judge(clock.monotonic());
    if (verdict === 'flood') {
      counters.liveFlood();
      socket.close(FLOOD.code, FLOOD.reason);
      return;
    }
    const requestId = client.nextRequestId();
    const read = readFrame(text);
    if (verdict === 'tooMany') {
      counters.liveFrame('too_many');
      socket.send(errorText(read.id, TOO_MANY_FRAMES(requestId)));
    } else if (read.ok) {
      counters.liveFrame(read.frame.type);
      handle(client, read.frame, read.id, requestId);
    } else {
      counters.liveFrame('bad');
      socket.send(errorText(read.id, read.refuse(requestId)));
    }
  };

  return {
    handlers: {
      opened: (socket) => {
        clients.set(socket, new LiveClient(socket, frameLimits, clock.monotonic()));
        socket.send(helloText(socket.id, clock.now()));
      },
      received,
      closed: (socket) => {
        const client = clients.get(socket);
        if (client === undefined) return;
        clients.delete(socket);
        buyers.gone(client);
        subscriptions.gone(client);
      },
    },
    stock: (frame) => topics.publish(frame),
    orders: (orders) => {
      let told = 0;
      for (const order of orders) told += buyers.tell(order);
      if (told > 0) counters.liveOrders(told);
    },
    watched: () => topics.saleIds,
    idle: async () => {
      if (inFlight > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
    },
  };
}
