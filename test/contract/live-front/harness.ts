import { refuse } from '../../../src/api/http/refuse.ts';
import type { HttpFront, HttpFrontOptions, ListenHttp } from '../../../src/ports/http.ts';
import type { LiveFront, LiveFrontOptions, LiveHandlers, LiveSocket } from '../../../src/ports/live-socket.ts';
import { LiveClient, SilentClient } from '../../support/live-client.ts';

/** Where fronts may differ. */
export interface LiveFrontTraits {
  /** The close code after invalid UTF-8: 1006 is a connection closed without a close frame. */
  readonly invalidUtf8: 1006 | 1007;
  /** The longest frame, bytes, that is answered with 1009; a longer one ends the connection. */
  readonly maxReadFrame: number;
}

export const PATH = '/live';
export const MAX_FRAME = 1_000;
export const MAX_BUFFERED = 64 * 1024;

export interface RunningFront {
  readonly front: HttpFront;
  readonly live: LiveFront;
  /** In the order of the calls: `opened`, `received <frame>`, `closed`. */
  readonly calls: string[];
  readonly opened: LiveSocket[];
  readonly closed: LiveSocket[];
  readonly errors: unknown[];
  /** Resolves as soon as the condition holds; it is checked after each call of a handler. */
  until(condition: () => boolean): Promise<void>;
  connect(): Promise<LiveClient>;
  connectSilent(): Promise<SilentClient>;
}

/** Starts fronts whose handlers record their calls, and closes them and their clients at the end. */
export class LiveFrontHarness {
  readonly #cleanUp: (() => void)[] = [];

  constructor(
    private readonly listen: ListenHttp,
    readonly traits: LiveFrontTraits,
  ) {}

  async start(
    handlers: Partial<LiveHandlers> = {},
    options: Partial<LiveFrontOptions> & Pick<Partial<HttpFrontOptions>, 'routes' | 'countRoute'> = {},
  ): Promise<RunningFront> {
    const calls: string[] = [];
    const opened: LiveSocket[] = [];
    const closed: LiveSocket[] = [];
    const errors: unknown[] = [];
    const waiting = new Set<() => void>();
    const recheck = (): void => {
      for (const check of [...waiting]) check();
    };
    const { routes = [], countRoute, ...live } = options;
    const front = await this.listen({
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 100,
      routes,
      refuse,
      ...(countRoute === undefined ? {} : { countRoute }),
      onError: (error) => {
        errors.push(error);
        recheck();
      },
      live: {
        path: PATH,
        maxFrameBytes: MAX_FRAME,
        maxBufferedBytes: MAX_BUFFERED,
        idleSeconds: 60,
        ...live,
        handlers: {
          opened: (socket) => {
            calls.push('opened');
            opened.push(socket);
            handlers.opened?.(socket);
            recheck();
          },
          received: (socket, frame) => {
            calls.push(`received ${frame}`);
            handlers.received?.(socket, frame);
            recheck();
          },
          closed: (socket) => {
            calls.push('closed');
            closed.push(socket);
            handlers.closed?.(socket);
            recheck();
          },
        },
      },
    });
    this.#cleanUp.push(() => front.close());
    if (front.live === undefined) throw new Error('the front has no live part');
    return {
      front,
      live: front.live,
      calls,
      opened,
      closed,
      errors,
      until: (condition) =>
        new Promise((resolve) => {
          const check = (): void => {
            if (!condition()) return;
            waiting.delete(check);
            resolve();
          };
          waiting.add(check);
          check();
        }),
      connect: async () => {
        const client = await LiveClient.open(front.port, PATH);
        this.#cleanUp.push(() => client.socket.terminate());
        return client;
      },
      connectSilent: async () => {
        const client = await SilentClient.open(front.port, PATH);
        this.#cleanUp.push(() => client.hangUp());
        return client;
      },
    };
  }

  stop(): void {
    for (const clean of this.#cleanUp.splice(0).reverse()) clean();
  }
}
