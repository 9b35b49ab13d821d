import { type BackoffOptions, backoffDefaults } from './backoff.ts';
import { Heartbeat } from './heartbeat.ts';
import { isolated, Listeners } from './listeners.ts';
import { Login, type LoginResult } from './login.ts';
import type { ClientFrame, OrderJson, ProblemJson, ServerFrame } from './protocol.ts';
import { type PurchaseAnswer, Purchases, PurchaseUnanswered } from './purchases.ts';
import { randomKey } from './random-key.ts';
import { type LiveState, ReconnectingSocket } from './reconnecting-socket.ts';
import { ServerClock } from './server-clock.ts';
import { type ProblemListener, type StockListener, Stocks } from './stocks.ts';
import { platformWebSocket, type WebSocketClass } from './web-socket.ts';

export interface LiveClientOptions {
  /** `wss://shop.example/v1/live` */
  readonly url: string;
  /** A buyer's JWT. Without one, stock can be watched and nothing bought. */
  readonly token?: string;
  /** @default the platform's own */
  readonly WebSocket?: WebSocketClass;
  /** Told each change. */
  readonly onState?: (state: LiveState) => void;
  /** Told on each connection what the server says to the token. */
  readonly onLogin?: (result: LoginResult) => void;
  readonly backoff?: BackoffOptions;
  /** @default Math.random */
  readonly random?: () => number;
  /** Milliseconds that never go back. @default performance.now */
  readonly monotonic?: () => number;
}

export interface PurchaseOptions {
  /** The same key never buys twice. @default a new one */
  readonly idempotencyKey?: string;
  /** How long to keep trying. @default 30,000 ms */
  readonly timeoutMs?: number;
}

export interface LiveClient {
  readonly state: LiveState;
  /**
   * The server's clock, milliseconds since 1970, whatever the machine's own says; undefined until it was heard once.
   */
  now(): number | undefined;
  /**
   * Tells the stock of a sale, at once if it is known and then with each change, across reconnects. Returns what ends
   * it. `onProblem` is told when the server refuses: there is no such sale, or too many are watched.
   */
  subscribe(saleId: string, onStock: StockListener, onProblem?: ProblemListener): () => void;
  /**
   * Buys. Resolves with the server's answer, whatever it is; a purchase whose connection breaks before the answer is
   * sent again on the next one, with the same key. Errors: PurchaseUnanswered (outcome unknown) after `timeoutMs` or
   * close().
   */
  purchase(saleId: string, options?: PurchaseOptions): Promise<PurchaseAnswer>;
  /** Tells each change of the buyer's own orders. At most once: read them again after a reconnect. */
  onOrder(listener: (order: OrderJson) => void): () => void;
  /** From now on speaks for this token. */
  authenticate(token: string): void;
  /** The machine woke up, or the network came back: connects at once, or looks whether somebody is still there. */
  wake(): void;
  close(): void;
}

/** Longer than a front's restart, shorter than a buyer's patience. */
const PURCHASE_WITHIN_MS = 30_000;

/** Connects to `/v1/live` and stays connected until it is closed. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { onState = () => undefined, onLogin = () => undefined, monotonic = () => performance.now() } = options;
  let state: LiveState = 'connecting';
  let lastId = 0;
  let connectingSince = 0;

  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };
  const post = (frame: ClientFrame): number => {
    socket.send(frame);
    return (frame as { readonly id: number }).id;
  };

  const clock = new ServerClock(monotonic);
  const orders = new Listeners<OrderJson>();
  const stocks = new Stocks({ send: (type, saleId) => post({ type, id: nextId(), saleId }) });
  const purchases = new Purchases({
    send: (saleId, idempotencyKey) =>
      login.ready ? post({ type: 'purchase', id: nextId(), saleId, idempotencyKey }) : undefined,
  });
  const login = new Login(options.token, {
    nextId,
    send: post,
    onReady: () => purchases.ready(),
    onResult: (result) => isolated(() => onLogin(result)),
  });
  const heartbeat = new Heartbeat({
    clock,
    sendPing: () => post({ type: 'ping', id: nextId() }),
    onSilence: () => socket.drop(),
  });

  const refused = (id: number, { status, body }: { readonly status: number; readonly body: ProblemJson }): void => {
    if (purchases.answered(id, status, body) || login.answered(id, { ok: false, problem: body })) return;
    stocks.refused(id, body);
  };

  const receive = (frame: ServerFrame): void => {
    heartbeat.heard();
    switch (frame.type) {
      case 'hello':
        // It was said at some moment of the connecting: a coarse first measurement, and better than none.
        clock.heard(Date.parse(frame.serverTime), connectingSince);
        break;
      case 'pong':
        heartbeat.pong(frame.id, frame.serverTime);
        break;
      case 'stock':
        stocks.heard(frame);
        break;
      case 'order':
        orders.tell(frame.order);
        break;
      case 'auth':
        login.answered(frame.id, { ok: true, userId: frame.userId });
        break;
      case 'purchase':
        purchases.answered(frame.id, frame.status, frame.body);
        break;
      case 'error':
        if (frame.id !== undefined) refused(frame.id, frame);
    }
  };

  const socket = new ReconnectingSocket({
    url: options.url,
    WebSocket: options.WebSocket ?? platformWebSocket(),
    backoff: options.backoff ?? backoffDefaults,
    random: options.random ?? Math.random,
    monotonic,
    onOpen: () => {
      login.connected();
      stocks.connected();
      heartbeat.start();
    },
    onFrame: receive,
    onLost: () => {
      heartbeat.stop();
      login.lost();
      purchases.lost();
    },
    onState: (next) => {
      state = next;
      if (next === 'connecting') connectingSince = clock.mark();
      isolated(() => onState(next));
    },
  });

  return {
    get state() {
      return state;
    },
    now: () => clock.now(),
    subscribe: (saleId, onStock, onProblem) => stocks.subscribe(saleId, onStock, onProblem),
    purchase: (saleId, { idempotencyKey = randomKey(), timeoutMs = PURCHASE_WITHIN_MS } = {}) => {
      if (state !== 'closed') return purchases.purchase(saleId, idempotencyKey, timeoutMs);
      return Promise.reject(new PurchaseUnanswered(saleId, idempotencyKey, 'the client is closed'));
    },
    onOrder: (listener) => orders.add(listener),
    authenticate: (token) => login.change(token),
    wake: () => {
      if (socket.open) heartbeat.ping();
      else socket.hurry();
    },
    close: () => {
      heartbeat.stop();
      login.lost();
      socket.close();
      purchases.close();
    },
  };
}
