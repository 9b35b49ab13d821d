import { type BackoffOptions, delayAfter } from './backoff.ts';
import { type ClientFrame, parseFrame, type ServerFrame } from './protocol.ts';
import type { WebSocketClass, WebSocketLike } from './web-socket.ts';

/** `waiting`: for its next attempt. `closed`: for good. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface ReconnectingSocketOptions {
  readonly url: string;
  readonly WebSocket: WebSocketClass;
  readonly backoff: BackoffOptions;
  /** 0 to 1. */
  readonly random: () => number;
  readonly monotonic: () => number;
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  /** An open connection is gone: what it was asked and has not answered, it won't. */
  readonly onLost: () => void;
  readonly onState: (state: LiveState) => void;
}

/** A network that takes longer than this to connect is tried again. */
const CONNECT_WITHIN_MS = 10_000;

/** A connection that lived so long was a success: a server that accepts and hangs up at once must not be stormed. */
const STABLE_AFTER_MS = 5_000;

/** Going away. */
const NORMAL_CLOSE = 1000;

/** One WebSocket after the other, until it is closed. */
export class ReconnectingSocket {
  readonly #options: ReconnectingSocketOptions;
  #socket: WebSocketLike | undefined;
  /** When the present one opened. */
  #openedAt: number | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReconnectingSocketOptions) {
    this.#options = options;
    this.#connect();
  }

  get open(): boolean {
    return this.#openedAt !== undefined;
  }

  /** Does nothing unless it is open. */
  send(frame: ClientFrame): void {
    if (this.open) this.#socket?.send(JSON.stringify(frame));
  }

  /** Gives up a connection that does not answer, and makes another. */
  drop(): void {
    const socket = this.#socket;
    this.#lost();
    // Its own close event may be minutes away, and nobody listens to it any more.
    socket?.close();
  }

  /** Tries now if it was waiting. */
  hurry(): void {
    if (this.#socket === undefined && this.#timer !== undefined) this.#connect();
  }

  close(): void {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#socket = undefined;
    this.#openedAt = undefined;
    this.#options.onState('closed');
    socket?.close(NORMAL_CLOSE);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    const { url, WebSocket, onOpen, onFrame, onState, monotonic } = this.#options;
    onState('connecting');
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.drop(), CONNECT_WITHIN_MS);
    const listen = (body: () => void): (() => void) => {
      return () => {
        if (this.#socket === socket) body();
      };
    };
    socket.addEventListener(
      'open',
      listen(() => {
        clearTimeout(this.#timer);
        this.#openedAt = monotonic();
        onState('open');
        onOpen();
      }),
    );
    socket.addEventListener('message', ({ data }) => {
      const frame = this.#socket === socket ? parseFrame(data) : undefined;
      if (frame !== undefined) onFrame(frame);
    });
    socket.addEventListener(
      'close',
      listen(() => this.#lost()),
    );
    // A close follows each error and says as much; without a listener Node would end the process.
    socket.addEventListener('error', () => undefined);
  }

  #lost(): void {
    if (this.#socket === undefined) return;
    const { backoff, random, monotonic, onLost, onState } = this.#options;
    const openedAt = this.#openedAt;
    this.#socket = undefined;
    this.#openedAt = undefined;
    if (openedAt !== undefined && monotonic() - openedAt >= STABLE_AFTER_MS) this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delayAfter(this.#failures, random, backoff));
    this.#failures += 1;
    if (openedAt !== undefined) onLost();
    onState('waiting');
  }
}
