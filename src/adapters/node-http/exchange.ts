import type { ServerResponse } from 'node:http';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import { Exchange, type ExchangeDeps, NO_CONTENT } from '../http/exchange.ts';
import { lacksCaching, SECURITY_HEADERS, UNCACHED } from '../http/security-headers.ts';
import type { Connection } from './connection.ts';

/**
 * A client that reads nothing of its answer is cut after 5.5 to 11 seconds: Node looks so often whether more has gone
 * out, and the first time it always has.
 */
const UNREAD_MS = 5_500;

const SECURITY_FIELDS = SECURITY_HEADERS.flat();

/** An exchange on Node's response. */
export class NodeExchange extends Exchange {
  constructor(
    private readonly res: ServerResponse,
    private readonly connection: Connection,
    deps: ExchangeDeps,
    count: (status: number) => void,
  ) {
    super(deps, count);
    connection.latest = this;
    res.on('close', () => this.settle());
  }

  refuseAndClose(refusal: HttpRefusal): void {
    this.closing = true;
    this.refuse(refusal);
  }

  /** The client asked whether to send its body: answered by anything but yes, it may or may not send it. */
  awaitContinue(): void {
    this.closing = true;
  }

  /** Lets a client send its body that asked whether to. */
  sendContinue(): void {
    if (!this.closing) return;
    this.closing = false;
    this.res.writeContinue();
  }

  remoteAddress(): string {
    return this.connection.socket.remoteAddress ?? '';
  }

  protected write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void {
    // RFC 9110: no content has neither a type nor a length.
    if (status === NO_CONTENT) {
      this.#finish(status, ['x-request-id', this.requestId]);
      return;
    }
    const fields = ['content-type', contentType, ...SECURITY_FIELDS, 'x-request-id', this.requestId];
    if (lacksCaching(status, headers)) fields.push(...UNCACHED);
    for (const [name, value] of headers) fields.push(name, value);
    fields.push('content-length', String(Buffer.byteLength(body)));
    this.#finish(status, fields, body);
  }

  protected writeAllow(allow: string): void {
    this.#finish(NO_CONTENT, ['allow', allow, 'x-request-id', this.requestId]);
  }

  protected disconnect(): void {
    this.connection.socket.destroy();
  }

  #finish(status: number, fields: string[], body?: string | Uint8Array): void {
    const { res, connection } = this;
    try {
      if (this.closing) {
        res.shouldKeepAlive = false;
        connection.closing = true;
      }
      // Node leaves the body of an answer to HEAD out.
      res.writeHead(status, fields).end(body);
      // Node goes back to its own time limits when the answer is out.
      if (connection.socket.writableLength > 0) connection.socket.setTimeout(UNREAD_MS);
    } catch (error) {
      // A header that Node won't write: this exchange is settled, so nobody else would ever end it.
      this.disconnect();
      throw error;
    }
  }
}
