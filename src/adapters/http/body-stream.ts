import type { HttpBody } from '../../ports/http.ts';

/** A client that takes nothing for so long is gone, or will never have the whole answer. Phones lose their network for less. */
const STALLED_AFTER_MS = 30_000;

/** How a transport sends an answer in pieces. Nothing is called after the client has disconnected. */
export interface BodyTransport {
  /** Sends a piece; false if the connection takes no more for now: then {@link BodyStream.drained} is called when it does. */
  write(chunk: string | Uint8Array): boolean;
  /** Ends the answer: it is complete. */
  end(): void;
  /** Closes the connection, so that the client knows that the answer is not complete. */
  disconnect(): void;
}

/** Sends a body in pieces, each taken from its source when the connection has taken those before. */
export class BodyStream {
  #left = false;
  #wake: () => void = () => {};

  constructor(
    private readonly transport: BodyTransport,
    private readonly stalledAfterMs = STALLED_AFTER_MS,
  ) {}

  /** The client has disconnected. */
  clientLeft(): void {
    this.#left = true;
    this.#wake();
  }

  /** The connection takes more. */
  drained(): void {
    this.#wake();
  }

  /**
   * Sends a piece that was taken already, and the rest. Resolves when all is sent, or the client has left. Errors: those of
   * the source; the connection is closed then.
   */
  async send(first: IteratorResult<string | Uint8Array>, rest: AsyncIterator<string | Uint8Array>): Promise<void> {
    try {
      for (let piece = first; !piece.done; piece = await rest.next()) {
        if (this.#left) return;
        // An empty one would be the last one in chunked encoding.
        if (piece.value.length > 0 && !this.transport.write(piece.value)) await this.#untilDrained();
      }
    } catch (error) {
      if (!this.#left) this.transport.disconnect();
      throw error;
    }
    if (!this.#left) this.transport.end();
  }

  async #untilDrained(): Promise<void> {
    // The transport may have noticed in the write that the client has left.
    if (this.#left) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => this.transport.disconnect(), this.stalledAfterMs);
      this.#wake = () => {
        clearTimeout(stalled);
        resolve();
      };
    });
  }
}

/** Takes the first piece of a body. Its source learns that no more is wanted, whatever becomes of it. */
export async function withSource(
  body: HttpBody,
  use: (first: IteratorResult<string | Uint8Array>, rest: AsyncIterator<string | Uint8Array>) => Promise<void>,
): Promise<void> {
  const source = body[Symbol.asyncIterator]();
  try {
    await use(await source.next(), source);
  } finally {
    await source.return?.();
  }
}
