import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import type { BodyTransport } from '../http/body-stream.ts';
import { Exchange, type ExchangeDeps, NO_CONTENT, NOT_MODIFIED } from '../http/exchange.ts';
import { NO_STORE, needsNoStore, SECURITY_HEADERS } from '../http/standard-headers.ts';

const SECURITY_LINES = linesOf(SECURITY_HEADERS);
const SECURITY_AND_NO_STORE = linesOf([...SECURITY_HEADERS, NO_STORE]);

const STATUS_LINES: ReadonlyMap<number, string> = new Map(
  Object.entries(STATUS_CODES).map(([code, reason]) => [Number(code), `${code} ${reason}`]),
);

/**
 * uWebSockets keeps what the connection does not take at once, and does not tell how much. It reports a connection as writable
 * when a third of the system's buffer is free, which is more than a piece: so what it keeps does not grow from piece to piece.
 */
const PIECE_BYTES = 16 * 1024;

/** An exchange on uWebSockets' response. */
export class UwsExchange extends Exchange {
  constructor(
    private readonly res: HttpResponse,
    deps: ExchangeDeps,
    count: (status: number) => void,
  ) {
    super(deps, count);
    res.onAborted(() => this.clientLeft());
  }

  /**
   * Once a request is answered, uWebSockets handles the rest of what has arrived as the next request, even on a connection
   * that is closing. So the answer is given in the next turn of the event loop: while a request is unanswered, uWebSockets
   * closes the connection when another one arrives.
   */
  refuseAndClose(refusal: HttpRefusal): void {
    this.closing = true;
    setImmediate(() => {
      try {
        if (this.open) this.refuse(refusal);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  remoteAddress(): string {
    // A response must not be touched after its end, not even for this.
    return this.open ? Buffer.from(this.res.getRemoteAddressAsText()).toString('latin1') : '';
  }

  protected write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void {
    const { res, requestId, closing } = this;
    // All headers in one value: each call into uWebSockets costs about as much as the rest of an answer. It writes the
    // value unchanged, and neither the id nor a handler's header value contains a line break.
    const standard = needsNoStore(status, headers) ? SECURITY_AND_NO_STORE : SECURITY_LINES;
    const rest = `${contentType}${standard}\r\nx-request-id: ${requestId}${linesOf(headers)}`;
    res.cork(() => {
      if (status === NO_CONTENT) {
        // RFC 9110, section 15.3.5: it has neither a type nor a length.
        endEmpty(res.writeStatus(statusLine(status)).writeHeader('x-request-id', requestId), closing);
        return;
      }
      if (status === NOT_MODIFIED) {
        // RFC 9110, section 15.4.5: a length would be that of the answer which the client has.
        res.writeStatus(statusLine(status)).writeHeader('x-request-id', `${requestId}${linesOf(headers)}`);
        res.endWithoutBody();
        return;
      }
      res.writeStatus(statusLine(status)).writeHeader('content-type', rest);
      if (!this.bodiless || closing) {
        res.end(this.bodiless ? '' : body, closing);
      } else {
        // With the length as an argument of endWithoutBody, uWebSockets would wait for a body and close at the next request.
        res.writeHeader('content-length', String(Buffer.byteLength(body))).endWithoutBody();
      }
    });
  }

  protected beginBody(status: number, contentType: string, headers: HeaderPairs): BodyTransport {
    const { res, requestId, closing } = this;
    const standard = needsNoStore(status, headers) ? SECURITY_AND_NO_STORE : SECURITY_LINES;
    const rest = `${contentType}${standard}\r\nx-request-id: ${requestId}${linesOf(headers)}`;
    res.cork(() => {
      res.writeStatus(statusLine(status)).writeHeader('content-type', rest);
      if (this.bodiless) endEmpty(res, closing);
    });
    const waiting: Uint8Array[] = [];
    /** Whether the connection took all. */
    const writeWaiting = (): boolean => {
      for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
        let taken = false;
        const next = piece;
        res.cork(() => {
          taken = res.write(next);
        });
        if (!taken) return false;
      }
      return true;
    };
    if (!this.bodiless) {
      res.onWritable(() => {
        if (writeWaiting()) this.streaming?.drained();
        return true;
      });
    }
    return {
      write: (chunk) => {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        for (let n = 0; n < bytes.length; n += PIECE_BYTES) waiting.push(bytes.subarray(n, n + PIECE_BYTES));
        return writeWaiting();
      },
      end: () => res.cork(() => res.end('', closing)),
      disconnect: () => this.disconnect(),
    };
  }

  protected writeAllow(allow: string): void {
    const { res, requestId, closing } = this;
    res.cork(() => {
      res.writeStatus(statusLine(NO_CONTENT)).writeHeader('allow', allow).writeHeader('x-request-id', requestId);
      endEmpty(res, closing);
    });
  }

  protected disconnect(): void {
    this.res.close();
  }
}

/** Ends an answer without content. uWebSockets closes the connection only if it may add a length, here 0. */
function endEmpty(res: HttpResponse, closing: boolean): void {
  if (closing) res.endWithoutBody(0, true);
  else res.endWithoutBody();
}

function statusLine(status: number): string {
  return STATUS_LINES.get(status) ?? String(status);
}

function linesOf(headers: HeaderPairs): string {
  let lines = '';
  for (const [name, value] of headers) lines += `\r\n${name}: ${value}`;
  return lines;
}
