import { type BackoffOptions, backoffDefaults } from './backoff.ts';
import { Heartbeat } from './heartbeat.ts';
import { isolated, Listeners } from './listeners.ts';
import { Login, type LoginResult } from './login.ts';
import type { ClientFrame, OrderJson, ProblemJson, ServerFrame } from './protocol.ts';
import { Purchases } from './purchases.ts';
import { type LiveState, ReconnectingSocket } from './reconnecting-socket.ts';
import { ServerClock } from './server-clock.ts';
import { Stocks } from './stocks.ts';
import { platformWebSocket, type WebSocketClass } from './web-socket.ts';

export interface LiveClientOptions {
  /** `wss://shop.example/v1/live` */
  readonly url: string;
  /** A buyer's JWT. Without one, stock can be watched and nothing bought. */
  readonly token?: string;
  /** @default the platform's own */
  readonly WebSocket?: WebSocketClass;
  /** Called on each change of state. */
  readonly onState?: (state: LiveState) => void;
  /** Called on each connection with the server's answer to the token. */
  readonly onLogin?: (result: LoginResult) => void;
  readonly backoff?: BackoffOptions;
  /** @default Math.random */
  readonly random?: () => number;
  /** A monotonic clock, milliseconds. @default performance.now */
  readonly monotonic?: () => number;
}

/** The parts of a client, wired to one reconnecting socket. */
export class LiveConnection {
  state: LiveState = 'connecting';
  readonly clock: ServerClock;
  readonly orders = new Listeners<OrderJson>();
  readonly stocks: Stocks;
  readonly purchases: Purchases;
  readonly login: Login;
  readonly #heartbeat: Heartbeat;
  readonly #socket: ReconnectingSocket;
  #lastId = 0;
  #connectingSince = 0;

  constructor(options: LiveClientOptions) {
    const { onState = () => undefined, onLogin = () => undefined, monotonic = () => performance.now() } = options;
    const nextId = (): number => this.#nextId();
    const send = (frame: ClientFrame): number => this.#send(frame);
    this.clock = new ServerClock(monotonic);
    this.stocks = new Stocks({ send: (type, saleId) => send({ type, id: nextId(), saleId }) });
    this.purchases = new Purchases({
      send: (wanted) => (this.login.ready ? send({ type: 'purchase', id: nextId(), ...wanted }) : undefined),
    });
    this.login = new Login(options.token, {
      nextId,
      send,
      onReady: () => this.purchases.ready(),
      onResult: (result) => isolated(() => onLogin(result)),
    });
    this.#heartbeat = new Heartbeat({
      clock: this.clock,
      sendPing: () => send({ type: 'ping', id: nextId() }),
      onSilence: () => this.#socket.drop(),
    });
    this.#socket = new ReconnectingSocket({
      url: options.url,
      WebSocket: options.WebSocket ?? platformWebSocket(),
      backoff: options.backoff ?? backoffDefaults,
      random: options.random ?? Math.random,
      monotonic,
      onOpen: () => this.#opened(),
      onFrame: (frame) => this.#receive(frame),
      onLost: () => this.#lost(),
      onState: (state) => {
        this.state = state;
        if (state === 'connecting') this.#connectingSince = this.clock.mark();
        isolated(() => onState(state));
      },
    });
  }

  /** Connects at once if it is waiting to; otherwise checks that the server still answers. */
  wake(): void {
    if (this.#socket.open) this.#heartbeat.ping();
    else this.#socket.connectNow();
  }

  close(): void {
    this.#heartbeat.stop();
    this.login.lost();
    this.#socket.close();
    this.purchases.close();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #send(frame: ClientFrame): number {
    this.#socket.send(frame);
    return frame.id;
  }

  #opened(): void {
    this.login.connected();
    this.stocks.connected();
    this.#heartbeat.start();
  }

  #lost(): void {
    this.#heartbeat.stop();
    this.login.lost();
    this.purchases.lost();
  }

  #receive(frame: ServerFrame): void {
    this.#heartbeat.frameReceived();
    switch (frame.type) {
      case 'hello':
        // Written at some moment while connecting: a coarse first measurement.
        this.clock.observe(Date.parse(frame.serverTime), this.#connectingSince);
        break;
      case 'pong':
        this.#heartbeat.pong(frame.id, frame.serverTime);
        break;
      case 'stock':
        this.stocks.received(frame);
        break;
      case 'order':
        this.orders.notify(frame.order);
        break;
      case 'auth':
        this.login.answered(frame.id, { ok: true, userId: frame.userId });
        break;
      case 'purchase':
        this.purchases.answered(frame.id, frame.status, frame.body);
        break;
      case 'error':
        if (frame.id !== undefined) this.#refused(frame.id, frame.status, frame.body);
    }
  }

  /** An error frame answers whatever request had its id. */
  #refused(id: number, status: number, problem: ProblemJson): void {
    if (this.purchases.answered(id, status, problem) || this.login.answered(id, { ok: false, problem })) return;
    this.stocks.refused(id, problem);
  }
}
