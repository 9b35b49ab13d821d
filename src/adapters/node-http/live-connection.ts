import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { LiveSocket } from '../../ports/live-socket.ts';
import type { Heartbeat, HeartbeatPeer } from '../http/heartbeat.ts';
import { CLOSES } from '../http/live-server.ts';
import type { SlowConsumer, SlowConsumers } from '../http/slow-consumers.ts';
import type { TimeoutEntry } from '../http/timeout-queue.ts';
import { textFrame } from './text-frame.ts';
import type { Subscriber, Topics } from './topics.ts';

/** What all connections share. */
export interface LiveContext {
  readonly maxBufferedBytes: number;
  readonly slowConsumers: SlowConsumers;
  readonly heartbeat: Heartbeat;
  readonly topics: Topics<LiveConnection>;
  /** Nothing is sent or received any more, though the TCP connection may linger. Called once for each connection. */
  readonly closed: (connection: LiveConnection) => void;
}

/**
 * One WebSocket, from its upgrade to its end. ws reads frames and closes; text frames are encoded once for all subscribers
 * and written to the TCP socket directly.
 */
export class LiveConnection implements LiveSocket, SlowConsumer, Subscriber {
  previous: TimeoutEntry | undefined = undefined;
  next: TimeoutEntry | undefined = undefined;
  since = 0;
  slow = false;

  readonly #topics = new Set<string>();
  readonly #peer: HeartbeatPeer;
  #inUse = true;

  constructor(
    readonly id: string,
    private readonly ws: WebSocket,
    private readonly socket: Socket,
    private readonly context: LiveContext,
  ) {
    this.#peer = {
      previous: undefined,
      next: undefined,
      since: 0,
      pinged: false,
      ping: () => ws.ping(),
      // The client is unreachable, so a close frame would be of no use.
      timedOut: () => ws.terminate(),
    };
    context.heartbeat.add(this.#peer);
    // Whole frames only: a client that drips one must not hold what it has sent of it for ever.
    const alive = () => {
      if (this.#inUse) context.heartbeat.active(this.#peer);
    };
    ws.on('message', alive).on('ping', alive).on('pong', alive);
    socket.on('drain', () => context.slowConsumers.remove(this));
    ws.on('close', () => this.#end());
  }

  get open(): boolean {
    return this.#inUse && this.socket.writable;
  }

  send(frame: string): void {
    if (!this.open) return;
    const buffered = this.socket.writableLength;
    // The frame's length in UTF-16 units, which is exact enough for a limit and costs nothing.
    if (buffered > 0 && buffered + frame.length > this.context.maxBufferedBytes) this.overdue();
    else this.socket.write(textFrame(frame));
  }

  deliver(frame: Buffer): void {
    if (!this.open) return;
    if (this.socket.writableLength > this.context.maxBufferedBytes) this.context.slowConsumers.add(this);
    else this.socket.write(frame);
  }

  join(topic: string): void {
    if (!this.open) return;
    this.#topics.add(topic);
    this.context.topics.subscribe(topic, this);
  }

  leave(topic: string): void {
    if (this.#topics.delete(topic)) this.context.topics.unsubscribe(topic, this);
  }

  close(code: number, reason: string): void {
    if (!this.#inUse) return;
    this.ws.close(code, reason);
    this.#end();
  }

  overdue(): void {
    this.close(CLOSES.slowConsumer.code, CLOSES.slowConsumer.reason);
  }

  /** ws has received an invalid frame and is closing. */
  failed(): void {
    this.#end();
  }

  #end(): void {
    if (!this.#inUse) return;
    this.#inUse = false;
    for (const topic of this.#topics) this.context.topics.unsubscribe(topic, this);
    this.context.slowConsumers.remove(this);
    this.context.heartbeat.remove(this.#peer);
    // After the close frame: the TCP connection ends for a client that does not answer it, too.
    this.socket.end();
    this.context.closed(this);
  }
}
