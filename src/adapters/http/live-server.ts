import { setTimeout as delay } from 'node:timers/promises';
import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveFrontOptions, LiveSocket } from '../../ports/live-socket.ts';
import { EmptySignal } from './empty-signal.ts';
import { SlowConsumers } from './slow-consumers.ts';

const READ_MORE_BYTES = 4 * 1024;

/**
 * A frame longer than `maxFrameBytes` is read to its end up to this length, so that its sender gets a close frame (1009): a
 * client that misjudges its frames does so by a little. A longer one ends the connection as soon as its length was read,
 * so this bounds what a hostile client can make the process hold.
 */
export function maxReadFrameBytes(maxFrameBytes: number): number {
  return maxFrameBytes + READ_MORE_BYTES;
}

// A phone that moves to another cell has caught up within this time.
const DEFAULT_SLOW_WITHIN_MS = 5_000;

/** How often `closeAll` closes the next few sockets: short enough that the clients reconnect evenly. */
const CLOSE_EVERY_MS = 20;

/** The ways in which a front closes a socket by itself. */
export const CLOSES = {
  binary: { code: 1003, reason: 'text frames only' },
  tooLong: { code: 1009, reason: 'frame too long' },
  handlerFailed: { code: 1011, reason: 'internal error' },
  slowConsumer: { code: 1013, reason: 'slow reader' },
} as const;

/** The WebSockets of a front, and the calls of the API's handlers, whatever the transport. */
export class LiveServer<C extends LiveSocket> {
  readonly slowWithinMs: number;
  readonly slowConsumers: SlowConsumers;
  readonly #open = new Set<C>();
  readonly #allEnded = new EmptySignal();
  /** Sockets whose TCP connection has not ended; they may be closed already. */
  #connected = 0;
  #draining = false;

  constructor(
    private readonly options: LiveFrontOptions,
    private readonly onError: HttpFrontOptions['onError'],
  ) {
    this.slowWithinMs = options.slowWithinMs ?? DEFAULT_SLOW_WITHIN_MS;
    this.slowConsumers = new SlowConsumers(this.slowWithinMs);
  }

  /** Open sockets. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether upgrades are refused, because the process shuts down. */
  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }

  opened(connection: C): void {
    this.#open.add(connection);
    this.#connected += 1;
    this.#call(connection, () => this.options.handlers.opened(connection));
  }

  /** A whole message. */
  received(connection: C, message: Buffer, isBinary: boolean): void {
    if (!connection.open) return;
    this.#call(connection, () => {
      if (message.byteLength > this.options.maxFrameBytes) close(connection, CLOSES.tooLong);
      else if (isBinary) close(connection, CLOSES.binary);
      else this.options.handlers.received(connection, message.toString());
    });
  }

  /** The socket is closed: nothing is sent or received any more, though its TCP connection may linger. */
  closed(connection: C): void {
    this.#open.delete(connection);
    // Deferred: a handler may be in the middle of the call that closed it.
    queueMicrotask(() => this.#call(connection, () => this.options.handlers.closed(connection)));
  }

  /** The TCP connection of a socket has ended. */
  disconnected(): void {
    this.#connected -= 1;
    if (this.#connected === 0) this.#allEnded.notify();
  }

  /** Closes every socket, spread evenly over `overMs`; resolves when the last TCP connection has ended. */
  async closeAll(code: number, reason: string, overMs: number): Promise<void> {
    this.drain();
    const connections = [...this.#open];
    const start = performance.now();
    for (let done = 0; done < connections.length; ) {
      const elapsed = performance.now() - start;
      const due = elapsed >= overMs ? connections.length : Math.ceil((connections.length * elapsed) / overMs);
      for (const connection of connections.slice(done, due)) connection.close(code, reason);
      done = Math.max(done, due);
      if (done < connections.length) await delay(CLOSE_EVERY_MS);
    }
    if (this.#connected > 0) await this.#allEnded.wait();
  }

  stop(): void {
    this.slowConsumers.stop();
  }

  /** Calls a handler. An exception closes the socket that it was called for; thrown on, it would end the process. */
  #call(connection: C, handler: () => void): void {
    try {
      handler();
    } catch (error) {
      try {
        this.onError(error, connection.id);
      } catch {
        // The error can't be reported anywhere else.
      }
      close(connection, CLOSES.handlerFailed);
    }
  }
}

function close(connection: LiveSocket, { code, reason }: { readonly code: number; readonly reason: string }): void {
  connection.close(code, reason);
}
