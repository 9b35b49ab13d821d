import type { LiveHandlers, LiveSocket } from '../../../src/ports/live-socket.ts';

export type Received = Readonly<Record<string, unknown>>;

/** The topics of one front, and the fake sockets that joined each. */
export class FakeLiveHub {
  readonly topics = new Map<string, Set<FakeLiveSocket>>();

  publish(topic: string, frame: string): void {
    for (const socket of this.topics.get(topic) ?? []) socket.send(frame);
  }
}

/** A client and its socket in one: records what the API sends, and passes the client's frames to the API. */
export class FakeLiveSocket implements LiveSocket {
  open = true;
  /** Frames that were sent and not read yet. */
  readonly texts: string[] = [];
  /** How the API closed it. */
  closedWith: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    readonly id: string,
    private readonly hub: FakeLiveHub,
    private readonly handlers: LiveHandlers,
  ) {
    handlers.opened(this);
  }

  send(frame: string): void {
    if (this.open) this.texts.push(frame);
  }

  join(topic: string): void {
    const sockets = this.hub.topics.get(topic) ?? new Set();
    this.hub.topics.set(topic, sockets.add(this));
  }

  leave(topic: string): void {
    if (this.open) this.hub.topics.get(topic)?.delete(this);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
    this.#closed();
  }

  /** Sends a frame as the client. */
  say(frame: string | object): void {
    if (this.open) this.handlers.received(this, typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  hangUp(): void {
    this.#closed();
  }

  /** Returns the frames that were not read yet, parsed. */
  heard(): Received[] {
    return this.texts.splice(0).map((text) => JSON.parse(text) as Received);
  }

  #closed(): void {
    if (!this.open) return;
    this.open = false;
    for (const sockets of this.hub.topics.values()) sockets.delete(this);
    this.handlers.closed(this);
  }
}
