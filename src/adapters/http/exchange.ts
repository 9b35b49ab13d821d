import { Fault } from '../../domain/errors.ts';
import type { HeaderPairs, HttpBody, HttpFrontOptions, HttpRefusal, HttpReply } from '../../ports/http.ts';
import { BodyStream, type BodyTransport, withSource } from './body-stream.ts';
import type { InFlight, InFlightRequest } from './in-flight.ts';

export interface ExchangeDeps {
  readonly inFlight: InFlight;
  readonly refuse: HttpFrontOptions['refuse'];
  readonly onError: HttpFrontOptions['onError'];
}

const NO_HEADERS: HeaderPairs = [];
export const SWITCHING_PROTOCOLS = 101;
export const NO_CONTENT = 204;
export const NOT_MODIFIED = 304;

/**
 * One request and its answer, given once. It guards a transport's response, which must not be touched after it has ended
 * or the client has disconnected.
 */
export abstract class Exchange implements HttpReply, InFlightRequest {
  previous: InFlightRequest | undefined = undefined;
  next: InFlightRequest | undefined = undefined;
  since = 0;
  receiving = false;

  open = true;
  requestId = '';
  /** For HEAD: the answer's headers are sent without its body. */
  bodiless = false;
  /** The answer that is being sent in pieces. */
  streaming: BodyStream | undefined = undefined;
  /** Whether the connection is closed after the answer. */
  protected closing = false;

  /** Whether no other request may be answered on its connection. */
  get answering(): boolean {
    return this.open || this.streaming !== undefined;
  }

  constructor(
    private readonly deps: ExchangeDeps,
    /** Called with the status of the answer. */
    private readonly count: (status: number) => void,
  ) {
    deps.inFlight.add(this);
  }

  /** Writes an answer, the front's own headers included. */
  protected abstract write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void;

  /** Writes the head of an answer without a length, the front's own headers included; for HEAD all of it. */
  protected abstract beginBody(status: number, contentType: string, headers: HeaderPairs): BodyTransport;

  /** Writes the answer to OPTIONS: no content, and an Allow header. */
  protected abstract writeAllow(allow: string): void;

  /** The IP address of the client's end of the connection; empty when it is unknown, as after the answer. */
  abstract remoteAddress(): string;

  /** Closes the connection at once. */
  protected abstract disconnect(): void;

  /** Refuses the request and closes the connection after the answer: where the next request begins is uncertain. */
  abstract refuseAndClose(refusal: HttpRefusal): void;

  send(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs = NO_HEADERS): void {
    if (!this.finish()) return;
    this.count(status);
    if (this.deps.inFlight.draining) this.closing = true;
    this.write(status, contentType, body, headers);
  }

  async stream(status: number, contentType: string, body: HttpBody, headers: HeaderPairs = NO_HEADERS): Promise<void> {
    await withSource(body, async (first, rest) => {
      if (!this.finish()) return;
      this.count(status);
      if (this.deps.inFlight.draining) this.closing = true;
      const transport = this.beginBody(status, contentType, headers);
      if (this.bodiless) return;
      this.streaming = new BodyStream(transport);
      try {
        await this.streaming.send(first, rest);
      } finally {
        this.streaming = undefined;
      }
    });
  }

  /** The client has disconnected. */
  clientLeft(): void {
    this.finish();
    this.streaming?.clientLeft();
  }

  /** The answer to OPTIONS. */
  sendAllow(allow: string): void {
    if (!this.finish()) return;
    this.count(NO_CONTENT);
    if (this.deps.inFlight.draining) this.closing = true;
    this.writeAllow(allow);
  }

  /** The connection becomes a WebSocket; the transport answers it next. False when it was answered already. */
  upgrade(): boolean {
    if (!this.finish()) return false;
    this.count(SWITCHING_PROTOCOLS);
    return true;
  }

  refuse(refusal: HttpRefusal): void {
    this.deps.refuse(refusal, this.requestId, this);
  }

  /** Answers an exception that reached the front. Thrown on, it would end the process. */
  fail(error: unknown): void {
    try {
      this.deps.onError(error, this.requestId);
      this.refuse({ code: 'internal' });
    } catch {
      this.abort();
    }
  }

  abort(): void {
    if (this.finish()) this.disconnect();
  }

  answerOverdue(): void {
    try {
      this.deps.onError(new Fault('timeout', 'the handler did not answer in time'), this.requestId);
      this.refuse({ code: 'unavailable' });
    } catch (error) {
      this.fail(error);
    } finally {
      this.abort();
    }
  }

  expectBody(): void {
    this.deps.inFlight.move(this, true);
  }

  bodyArrived(): void {
    this.deps.inFlight.move(this, false);
  }

  /** Ends the exchange: nothing more can be sent. False when it had ended already. */
  protected finish(): boolean {
    if (!this.open) return false;
    this.open = false;
    this.deps.inFlight.remove(this);
    return true;
  }
}
