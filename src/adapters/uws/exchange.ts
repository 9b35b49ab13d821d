import type { HttpResponse } from 'uWebSockets.js';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import { Exchange, type ExchangeDeps, NO_CONTENT } from '../http/exchange.ts';
import { lacksCaching, SECURITY_HEADERS, UNCACHED } from '../http/security-headers.ts';
import { statusLine } from './status-lines.ts';

const SECURITY_LINES = linesOf(SECURITY_HEADERS);
const SECURITY_AND_UNCACHED = linesOf([...SECURITY_HEADERS, UNCACHED]);

/** An exchange on uWebSockets' response. */
export class UwsExchange extends Exchange {
  constructor(
    private readonly res: HttpResponse,
    deps: ExchangeDeps,
    count: (status: number) => void,
  ) {
    super(deps, count);
    res.onAborted(() => this.settle());
  }

  /**
   * An answered request would let uWebSockets go on to whatever else has arrived, closing or not. So this one stays
   * unanswered until the next turn of the event loop: if what has arrived looks like another request, uWebSockets ends
   * the connection instead of handling it.
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
    // An answered response must not be touched, not even for this.
    return this.open ? Buffer.from(this.res.getRemoteAddressAsText()).toString('latin1') : '';
  }

  protected write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void {
    const { res, requestId, closing } = this;
    // One call for all: each call into uWebSockets costs about as much as the rest of an answer. It writes the value as
    // it is, and neither this id nor any value that a handler gives has a line break in it.
    const standing = lacksCaching(status, headers) ? SECURITY_AND_UNCACHED : SECURITY_LINES;
    const rest = `${contentType}${standing}\r\nx-request-id: ${requestId}${linesOf(headers)}`;
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

  protected writeAllow(allow: string): void {
    const { res, requestId } = this;
    res.cork(() => {
      res
        .writeStatus(statusLine(NO_CONTENT))
        .writeHeader('allow', allow)
        .writeHeader('x-request-id', requestId)
        .endWithoutBody();
    });
  }

  protected disconnect(): void {
    this.res.close();
  }
}

function linesOf(headers: HeaderPairs): string {
  let lines = '';
  for (const [name, value] of headers) lines += `\r\n${name}: ${value}`;
  return lines;
}
