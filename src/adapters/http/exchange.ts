import { Fault } from '../../domain/errors.ts';
import type { HeaderPairs, HttpFrontOptions, HttpRefusal, HttpReply } from '../../ports/http.ts';
import type { InFlight, Unanswered } from './in-flight.ts';

export interface ExchangeDeps {
  readonly inFlight: InFlight;
  readonly refuse: HttpFrontOptions['refuse'];
  readonly onError: HttpFrontOptions['onError'];
}

const NO_HEADERS: HeaderPairs = [];
export const SWITCHING_PROTOCOLS = 101;
export const NO_CONTENT = 204;

/**
 * One request and its answer, given once. It stands between everybody and a transport's response, which must not be
 * touched after its end or the client's.
 */
export abstract class Exchange implements HttpReply, Unanswered {
  previous: Unanswered | undefined = undefined;
  next: Unanswered | undefined = undefined;
  since = 0;
  receiving = false;

  open = true;
  requestId = '';
  /** HEAD: the answer's headers without its body. */
  bodiless = false;
  /** Whether the connection ends with the answer. */
  protected closing = false;

  constructor(
    private readonly deps: ExchangeDeps,
    /** Told the status of the answer. */
    private readonly count: (status: number) => void,
  ) {
    deps.inFlight.add(this);
  }

  /** Writes an answer, the front's own headers included. */
  protected abstract write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void;

  /** Writes the answer to OPTIONS: no content, and an Allow header. */
  protected abstract writeAllow(allow: string): void;

  /** The other end's IP address; empty when it is not known, or not any more. */
  abstract remoteAddress(): string;

  /** Ends the connection now. */
  protected abstract disconnect(): void;

  /** Refuses, and ends the connection behind the answer: what follows on it can't be trusted. */
  abstract refuseAndClose(refusal: HttpRefusal): void;

  send(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs = NO_HEADERS): void {
    if (!this.settle()) return;
    this.count(status);
    this.write(status, contentType, body, headers);
  }

  /** The answer to OPTIONS. */
  sendAllow(allow: string): void {
    if (!this.settle()) return;
    this.count(NO_CONTENT);
    this.writeAllow(allow);
  }

  /** It becomes a WebSocket, answered by the transport at once. False when it was answered already. */
  upgrade(): boolean {
    if (!this.settle()) return false;
    this.count(SWITCHING_PROTOCOLS);
    return true;
  }

  refuse(refusal: HttpRefusal): void {
    this.deps.refuse(refusal, this.requestId, this);
  }

  /** Something threw where only we can catch it: above us an exception ends the process. */
  fail(error: unknown): void {
    try {
      this.deps.onError(error, this.requestId);
      this.refuse({ code: 'internal' });
    } catch {
      this.cut();
    }
  }

  cut(): void {
    if (this.settle()) this.disconnect();
  }

  answerOverdue(): void {
    try {
      this.deps.onError(new Fault('timeout', 'the handler did not answer in time'), this.requestId);
      this.refuse({ code: 'unavailable' });
    } catch (error) {
      this.fail(error);
    } finally {
      this.cut();
    }
  }

  expectBody(): void {
    this.deps.inFlight.move(this, true);
  }

  bodyArrived(): void {
    this.deps.inFlight.move(this, false);
  }

  /** Nothing more can be sent. True the first time. */
  protected settle(): boolean {
    if (!this.open) return false;
    this.open = false;
    this.deps.inFlight.remove(this);
    return true;
  }
}
