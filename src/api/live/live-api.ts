import type { Order } from '../../domain/order.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveHandlers, LiveSocket } from '../../ports/live-socket.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { constantProblem } from '../http/problem.ts';
import type { SubmitPurchaseDeps } from '../purchases/submit.ts';
import { BuyerSessions } from './buyer-sessions.ts';
import { type ClientFrame, readFrame } from './client-frames.ts';
import { LivePurchases } from './purchases.ts';
import { errorText, helloText, pongText } from './server-frames.ts';
import { type FrameRates, LiveSession } from './session.ts';
import { StockTopics, type StockTopicsDeps } from './stock-topics.ts';
import { Subscriptions, type SubscriptionsDeps } from './subscriptions.ts';

export interface LiveLimits extends FrameRates {
  /** Sales that one connection may subscribe to at once. */
  readonly subscriptions: number;
}

export const liveLimits = {
  // A page shows one sale or a few; a monitor may show as many as fit on it.
  subscriptions: 50,
  // Ten times what a page with an impatient user sends.
  frames: { perSecond: 50, burst: 100 },
  // Ten times the limit above: no client that respects its 429s comes near.
  flood: { perSecond: 500, burst: 1000 },
} as const satisfies LiveLimits;

/** Counts what happens on the sockets. */
export interface LiveCounters {
  readonly liveFrame: (type: ClientFrame['type'] | 'bad' | 'too_many') => void;
  readonly liveFlood: () => void;
  readonly liveOrders: (sent: number) => void;
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
  /** Publishes a frame to the sale's subscribers. */
  readonly stock: (frame: StockFrame) => void;
  /** Sends each order to its buyer, on all their sockets in this process. */
  readonly orders: (orders: readonly Order[]) => void;
  /** Tokens of this user were revoked: closes the sockets that were authenticated with one of them. */
  readonly revoked: (userId: string) => void;
  /** The sales that have subscribers. */
  readonly watched: () => readonly string[];
  /** Resolves when every purchase has its answer. */
  readonly idle: () => Promise<void>;
}

/** RFC 6455, section 7.4.1: the message violates a policy. */
const FLOOD = { code: 1008, reason: 'too many frames' } as const;
const REVOKED = { code: 1008, reason: 'the token was revoked' } as const;

const TOO_MANY_FRAMES = constantProblem('rate_limited', { detail: 'Too many frames.' });

/** The live protocol, for any kind of socket; see docs/live.md. */
export function createLiveApi(deps: LiveApiDeps): LiveApi {
  const { auth, clock, counters, frameLimits = liveLimits } = deps;
  const sessions = new Map<LiveSocket, LiveSession>();
  const buyers = new BuyerSessions(auth);
  const purchases = new LivePurchases(deps, buyers);
  const topics = new StockTopics({ ...deps, now: clock.now });
  const subscriptions = new Subscriptions({
    ...deps,
    topics,
    isAdmin: (session) => buyers.isAdmin(session),
    max: frameLimits.subscriptions,
  });
  const handlers: FrameHandlers = {
    ping: (session, _frame, id) => session.socket.send(pongText(id, clock.now())),
    auth: (session, { token }, id, requestId) => buyers.authenticate(session, token, id, requestId),
    subscribe: (session, { saleId }, id, requestId) => subscriptions.subscribe(session, saleId, id, requestId),
    unsubscribe: (session, { saleId }, id) => subscriptions.unsubscribe(session, saleId, id),
    purchase: (session, frame, id, requestId) => purchases.submit(session, frame, id, requestId),
  };

  return {
    handlers: {
      opened: (socket) => {
        sessions.set(socket, new LiveSession(socket, frameLimits, clock.monotonic()));
        socket.send(helloText(socket.id, clock.now()));
      },
      received: (socket, text) => {
        const session = sessions.get(socket);
        if (session !== undefined) receive(session, text, clock.monotonic(), handlers, counters);
      },
      closed: (socket) => {
        const session = sessions.get(socket);
        if (session === undefined) return;
        sessions.delete(socket);
        buyers.remove(session);
        subscriptions.removeAll(session);
      },
    },
    stock: (frame) => topics.publish(frame),
    orders: (orders) => {
      let sent = 0;
      for (const order of orders) sent += buyers.send(order);
      if (sent > 0) counters.liveOrders(sent);
    },
    revoked: (userId) => buyers.eachRevoked(userId, ({ socket }) => socket.close(REVOKED.code, REVOKED.reason)),
    watched: () => topics.saleIds,
    idle: () => purchases.idle(),
  };
}

/** `id` is the frame's, as JSON, for the reply; `requestId` identifies everything that the frame causes. */
type FrameHandlers = {
  readonly [T in ClientFrame['type']]: (
    session: LiveSession,
    frame: Extract<ClientFrame, { type: T }>,
    id: string,
    requestId: string,
  ) => void;
};

function receive(
  session: LiveSession,
  text: string,
  nowMs: number,
  handlers: FrameHandlers,
  counters: LiveCounters,
): void {
  const { socket } = session;
  const rate = session.checkRate(nowMs);
  if (rate === 'flood') {
    counters.liveFlood();
    socket.close(FLOOD.code, FLOOD.reason);
    return;
  }
  const requestId = session.nextRequestId();
  const read = readFrame(text);
  if (rate === 'tooMany') {
    counters.liveFrame('too_many');
    socket.send(errorText(read.id, TOO_MANY_FRAMES(requestId)));
  } else if (read.ok) {
    counters.liveFrame(read.frame.type);
    (handlers[read.frame.type] as FrameHandler)(session, read.frame, read.id, requestId);
  } else {
    counters.liveFrame('bad');
    socket.send(errorText(read.id, read.refuse(requestId)));
  }
}

/** A frame's type selects its handler, which TypeScript cannot follow through the table. */
type FrameHandler = (session: LiveSession, frame: ClientFrame, id: string, requestId: string) => void;
