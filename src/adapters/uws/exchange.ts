import type { HttpResponse } from 'uWebSockets.js';
import { Fault } from '../../domain/errors.ts';
import type { HeaderPairs, HttpFrontOptions, HttpRefusal, HttpReply } from '../../ports/http.ts';
import type { InFlight, Unanswered } from './in-flight.ts';
import { statusLine } from './status-lines.ts';

export interface ExchangeDeps {
  readonly inFlight: InFlight;
  readonly refuse: HttpFrontOptions['refuse'];
  readonly onError: HttpFrontOptions['onError'];
}

const NO_HEADERS: HeaderPairs = [];
const SWITCHING_PROTOCOLS = 101;
const NO_CONTENT = 204;

/**
 * One request and its answer, given once. It stands between everybody and uWebSockets' response, which must not be
 * touched after its end or the client's.
 */
export class Exchange implements HttpReply, Unanswered {
  previous: Unanswered | undefined = undefined;
  next: Unanswered | undefined = undefined;
  since = 0;
  receiving = false;

  open = true;
  requestId = '';
  /** HEAD: the answer's headers without its body. */
  bodiless = false;
  /** Whether the connection ends with the answer. */
  #closing = false;

  constructor(
    private readonly res: HttpResponse,
    private readonly deps: ExchangeDeps,
    /** Told the status of the answer. */
    private readonly count: (status: number) => void,
  ) {
    deps.inFlight.add(this);
    res.onAborted(() => this.#settle());
  }

  send(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs = NO_HEADERS): void {
    if (!this.#settle()) return;
    this.count(status);
    const { res, requestId } = this;
    const closing = this.#closing;
    // One call for all: each call into uWebSockets costs about as much as the rest of an answer. It writes the value as
    // it is, and neither this id nor any value that a handler gives has a line break in it.
    let rest = `${contentType}\r\nx-content-type-options: nosniff\r\nx-request-id: ${requestId}`;
    for (const [name, value] of headers) rest += `\r\n${name}: ${value}`;
    res.cork(() => {
      if (status === NO_CONTENT) {
        // RFC 9110: it has neither a type nor a length.
        res.writeStatus(statusLine(status)).writeHeader('x-request-id', requestId).endWithoutBody();
        return;
      }
      res.writeStatus(statusLine(status)).writeHeader('content-type', rest);
      if (!this.bodiless || closing) {
        res.end(this.bodiless ? '' : body, closing);
      } else {
        // Told the length by endWithoutBody, uWebSockets would wait for a body and close at the next request.
        res.writeHeader('content-length', String(Buffer.byteLength(body))).endWithoutBody();
      }
    });
  }

  /** The answer to OPTIONS. */
  sendAllow(allow: string): void {
    if (!this.#settle()) return;
    this.count(NO_CONTENT);
    const { res, requestId } = this;
    res.cork(() => {
      res
        .writeStatus(statusLine(NO_CONTENT))
        .writeHeader('allow', allow)
        .writeHeader('x-request-id', requestId)
        .endWithoutBody();
    });
  }

  /** It becomes a WebSocket, answered by uWebSockets at once. False when it was answered already. */
  upgrade(): boolean {
    if (!this.#settle()) return false;
    this.count(SWITCHING_PROTOCOLS);
    return true;
  }

  refuse(refusal: HttpRefusal): void {
    this.deps.refuse(refusal, this.requestId, this);
  }

  /**
   * Refuses, and ends the connection: what follows on it can't be trusted. An answered request would let uWebSockets go
   * on to whatever else has arrived, closing or not. So this one stays unanswered until the next turn of the event
   * loop: if what has arrived looks like another request, uWebSockets ends the connection instead of handling it.
   */
  refuseAndClose(refusal: HttpRefusal): void {
    this.#closing = true;
    setImmediate(() => {
      try {
        if (this.open) this.refuse(refusal);
      } catch (error) {
        this.fail(error);
      }
    });
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
    if (this.#settle()) this.res.close();
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

  /** True the first time. */
  #settle(): boolean {
    if (!this.open) return false;
    this.open = false;
    this.deps.inFlight.remove(this);
    return true;
  }
}
