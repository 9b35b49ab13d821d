import { type BackoffOptions, delayAfter } from './backoff.ts';
import { type ClientFrame, parseFrame, type ServerFrame } from './protocol.ts';
import type { WebSocketClass, WebSocketLike } from './web-socket.ts';

/** `waiting`: until its next attempt. `closed`: by the application; it does not reconnect. */
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
  /** An open connection was lost; its unanswered requests will not be answered. */
  readonly onLost: () => void;
  readonly onState: (state: LiveState) => void;
}

/** An attempt to connect that takes longer than this is abandoned and repeated. */
const CONNECT_WITHIN_MS = 10_000;

/** A connection that lasted this long resets the backoff; a server that accepts and closes at once does not. */
const STABLE_AFTER_MS = 5_000;

/** RFC 6455, section 7.4.1: normal closure. */
const NORMAL_CLOSE = 1000;

/** A browser may refuse by an exception: that counts as a connection that failed. */
class NoSocket implements WebSocketLike {
  send(): void {}

  close(): void {}

  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
    if (type === 'close') queueMicrotask(() => listener({ data: undefined }));
  }
}

function opened(WebSocket: WebSocketClass, url: string): WebSocketLike {
  try {
    return new WebSocket(url);
  } catch {
    return new NoSocket();
  }
}

/** A WebSocket that reconnects until it is closed. */
export class ReconnectingSocket {
  readonly #options: ReconnectingSocketOptions;
  #socket: WebSocketLike | undefined;
  /** When the current socket opened; undefined while it is not open. */
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

  /** Abandons an unresponsive connection and makes a new one. */
  drop(): void {
    const socket = this.#socket;
    this.#lost();
    // Its close event may come minutes later and is ignored by then.
    socket?.close();
  }

  /** Connects at once if it was waiting. */
  connectNow(): void {
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
    const socket = opened(WebSocket, url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.drop(), CONNECT_WITHIN_MS);
    const whileCurrent = (body: () => void): (() => void) => {
      return () => {
        if (this.#socket === socket) body();
      };
    };
    socket.addEventListener(
      'open',
      whileCurrent(() => {
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
      whileCurrent(() => this.#lost()),
    );
    // Each error is followed by a close event, which is handled; without a listener Node would end the process.
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
