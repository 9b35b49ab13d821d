import type { WebSocket } from 'uWebSockets.js';
import type { LiveSocket } from '../../ports/live-socket.ts';
import type { Heartbeat, HeartbeatPeer } from '../http/heartbeat.ts';
import { CLOSES } from '../http/live-server.ts';
import type { SlowConsumer, SlowConsumers } from '../http/slow-consumers.ts';
import type { TimeoutEntry } from '../http/timeout-queue.ts';

/** The data that uWebSockets keeps with each of its sockets. */
export interface LiveUserData {
  readonly live: LiveConnection;
}

/** What all connections share. */
export interface LiveContext {
  readonly maxBufferedBytes: number;
  readonly slowConsumers: SlowConsumers;
  readonly heartbeat: Heartbeat;
}

/** What uWebSockets returns for a frame that it dropped, because too much is buffered. */
const DROPPED = 2;

/**
 * One WebSocket, from its upgrade to its end. It guards uWebSockets' socket, which must not be touched after its close, and
 * which drops a close frame like any other frame when too much is buffered.
 */
export class LiveConnection implements LiveSocket, SlowConsumer {
  previous: TimeoutEntry | undefined = undefined;
  next: TimeoutEntry | undefined = undefined;
  since = 0;
  slow = false;

  #ws: WebSocket<LiveUserData> | undefined = undefined;
  /** How to close the socket, once that was decided. */
  #closing: { readonly code: number; readonly reason: string } | undefined = undefined;

  readonly #peer: HeartbeatPeer = {
    previous: undefined,
    next: undefined,
    since: 0,
    pinged: false,
    ping: () => void this.#ws?.ping(),
    // The client is unreachable, or in the middle of a frame: it would not answer a close frame.
    timedOut: () => void this.#ws?.close(),
  };

  constructor(
    readonly id: string,
    private readonly context: LiveContext,
    private readonly release: (() => void) | undefined,
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
    const buffered = ws.getBufferedAmount();
    // The frame's length in UTF-16 units, which is exact enough for a limit and costs nothing.
    const full = buffered > 0 && buffered + frame.length > this.context.maxBufferedBytes;
    if (full || ws.send(frame) === DROPPED) this.#closeAsSlow();
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
    // Without room for a close frame it is sent when the client has read some of what is buffered, within the time limit.
    if (!this.#end()) this.context.slowConsumers.add(this);
  }

  opened(ws: WebSocket<LiveUserData>): void {
    this.#ws = ws;
    this.context.heartbeat.add(this.#peer);
  }

  /** A whole frame has arrived. */
  alive(): void {
    this.context.heartbeat.active(this.#peer);
  }

  /** uWebSockets has closed the socket. */
  closed(): void {
    this.#ws = undefined;
    this.context.slowConsumers.remove(this);
    this.context.heartbeat.remove(this.#peer);
    this.release?.();
  }

  /** A published frame was dropped. uWebSockets is iterating over its subscribers, so no socket may be touched now. */
  dropped(): void {
    this.context.slowConsumers.add(this);
  }

  /** Some of the buffered bytes were sent. */
  drained(): void {
    if (this.#closing !== undefined) this.#end();
    else if (this.#ws?.getBufferedAmount() === 0) this.context.slowConsumers.remove(this);
  }

  overdue(): void {
    if (this.#closing === undefined) this.#closeAsSlow();
    // The client does not read, so it would not read a close frame.
    else this.#ws?.close();
  }

  #closeAsSlow(): void {
    this.close(CLOSES.slowConsumer.code, CLOSES.slowConsumer.reason);
  }

  /** Sends the close frame; false when uWebSockets would drop it. */
  #end(): boolean {
    const { code, reason } = this.#closing ?? CLOSES.slowConsumer;
    if (this.#ws === undefined || this.#ws.getBufferedAmount() > this.context.maxBufferedBytes) return false;
    this.#ws.end(code, reason);
    return true;
  }
}
