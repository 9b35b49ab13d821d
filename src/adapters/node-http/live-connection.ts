import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { LiveSocket } from '../../ports/live-socket.ts';
import { CLOSES } from '../http/live-limits.ts';
import type { SlowConsumer, SlowConsumers } from '../http/slow-consumers.ts';
import type { Waiter } from '../http/waiting-list.ts';
import type { SilenceWatch, Silent } from './live-silence.ts';
import type { Member, Topics } from './live-topics.ts';
import { textFrame } from './text-frame.ts';

/** What all connections share. */
export interface LiveSurroundings {
  readonly maxBufferedBytes: number;
  readonly laggards: SlowConsumers;
  readonly silence: SilenceWatch;
  readonly topics: Topics<LiveConnection>;
  /** It is out of use: nothing is sent or received any more, though its TCP connection may linger. Told once. */
  readonly left: (connection: LiveConnection) => void;
}

/** One WebSocket, from its upgrade to its end. ws reads and closes; text frames are written past it, ready-made. */
export class LiveConnection implements LiveSocket, SlowConsumer, Member {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  since = 0;
  lagging = false;

  readonly #topics = new Set<string>();
  readonly #silent: Silent;
  #inUse = true;

  constructor(
    readonly id: string,
    private readonly ws: WebSocket,
    private readonly socket: Socket,
    private readonly around: LiveSurroundings,
  ) {
    this.#silent = {
      previous: undefined,
      next: undefined,
      since: 0,
      pinged: false,
      ping: () => ws.ping(),
      // Nobody is there to read a close frame.
      lost: () => ws.terminate(),
    };
    around.silence.add(this.#silent);
    socket.on('data', () => {
      if (this.#inUse) around.silence.heard(this.#silent);
    });
    socket.on('drain', () => around.laggards.remove(this));
    ws.on('close', () => this.#leave());
  }

  get open(): boolean {
    return this.#inUse && this.socket.writable;
  }

  send(frame: string): void {
    if (!this.open) return;
    const waiting = this.socket.writableLength;
    // In UTF-16 units, which is near enough for a limit and costs nothing.
    if (waiting > 0 && waiting + frame.length > this.around.maxBufferedBytes) this.overdue();
    else this.socket.write(textFrame(frame));
  }

  offer(frame: Buffer): void {
    if (!this.open) return;
    if (this.socket.writableLength > this.around.maxBufferedBytes) this.around.laggards.add(this);
    else this.socket.write(frame);
  }

  join(topic: string): void {
    if (!this.open) return;
    this.#topics.add(topic);
    this.around.topics.join(topic, this);
  }

  leave(topic: string): void {
    if (this.#topics.delete(topic)) this.around.topics.leave(topic, this);
  }

  close(code: number, reason: string): void {
    if (!this.#inUse) return;
    this.ws.close(code, reason);
    this.#leave();
  }

  overdue(): void {
    this.close(CLOSES.slowReader.code, CLOSES.slowReader.reason);
  }

  /** ws has found a frame that it can't take, and is closing. */
  broken(): void {
    this.#leave();
  }

  #leave(): void {
    if (!this.#inUse) return;
    this.#inUse = false;
    for (const topic of this.#topics) this.around.topics.leave(topic, this);
    this.around.laggards.remove(this);
    this.around.silence.remove(this.#silent);
    // Behind the close frame: a client that doesn't answer it sees the end all the same.
    this.socket.end();
    this.around.left(this);
  }
}
