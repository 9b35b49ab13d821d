import type { WebSocket } from 'uWebSockets.js';
import type { LiveSocket } from '../../ports/live-socket.ts';
import { CLOSES } from '../http/live-limits.ts';
import type { SlowConsumer, SlowConsumers } from '../http/slow-consumers.ts';
import type { Waiter } from '../http/waiting-list.ts';

/** What uWebSockets keeps with each of its sockets. */
export interface LiveUserData {
  readonly live: LiveConnection;
}

/** What all connections share. */
export interface LiveSurroundings {
  readonly maxBufferedBytes: number;
  readonly laggards: SlowConsumers;
}

/** uWebSockets' word for a frame that it did not take, because too much waits already. */
const DROPPED = 2;

/**
 * One WebSocket, from its upgrade to its end. It stands between everybody and uWebSockets' socket, which must not be
 * touched after its close; and whose close frame is dropped like any other when too much waits before it.
 */
export class LiveConnection implements LiveSocket, SlowConsumer {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  since = 0;
  lagging = false;

  #ws: WebSocket<LiveUserData> | undefined = undefined;
  /** How it will be closed, from when that is decided. */
  #closing: { readonly code: number; readonly reason: string } | undefined = undefined;

  constructor(
    readonly id: string,
    private readonly around: LiveSurroundings,
  ) {}

  get open(): boolean {
    return this.#usable !== undefined;
  }

  get #usable(): WebSocket<LiveUserData> | undefined {
    return this.#closing === undefined ? this.#ws : undefined;
  }

  send(frame: string): void {
    const ws = this.#usable;
    if (ws === undefined) return;
    const waiting = ws.getBufferedAmount();
    // In UTF-16 units, which is near enough for a limit and costs nothing.
    const full = waiting > 0 && waiting + frame.length > this.around.maxBufferedBytes;
    if (full || ws.send(frame) === DROPPED) this.close(CLOSES.slowReader.code, CLOSES.slowReader.reason);
  }

  join(topic: string): void {
    this.#usable?.subscribe(topic);
  }

  leave(topic: string): void {
    this.#usable?.unsubscribe(topic);
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#closing = { code, reason };
    if (this.#end()) return;
    // What waits leaves no room for a close frame, nor for anything else: it's next when some of it is read, if ever.
    this.around.laggards.add(this);
  }

  /** It came up. */
  opened(ws: WebSocket<LiveUserData>): void {
    this.#ws = ws;
  }

  /** It is gone: the last that is heard of it. */
  closed(): void {
    this.#ws = undefined;
    this.around.laggards.remove(this);
  }

  /** A published frame was dropped. uWebSockets is going through its subscribers, so none of them may be touched now. */
  dropped(): void {
    this.around.laggards.add(this);
  }

  /** Some of what waited was sent. */
  drained(): void {
    if (this.#closing !== undefined) this.#end();
    else if (this.#ws?.getBufferedAmount() === 0) this.around.laggards.remove(this);
  }

  overdue(): void {
    if (this.#closing === undefined) this.close(CLOSES.slowReader.code, CLOSES.slowReader.reason);
    // Nobody reads, so nobody would read the code.
    else this.#ws?.close();
  }

  /** Closes it, if uWebSockets would take the close frame now. */
  #end(): boolean {
    const { code, reason } = this.#closing ?? CLOSES.slowReader;
    if (this.#ws === undefined || this.#ws.getBufferedAmount() > this.around.maxBufferedBytes) return false;
    this.#ws.end(code, reason);
    return true;
  }
}
