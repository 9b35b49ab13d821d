import type { ServerResponse } from 'node:http';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import type { BodyTransport } from '../http/body-stream.ts';
import { Exchange, type ExchangeDeps, NO_CONTENT, NOT_MODIFIED } from '../http/exchange.ts';
import { NO_STORE, needsNoStore, SECURITY_HEADERS } from '../http/standard-headers.ts';
import type { Connection } from './connection.ts';

/**
 * Interval at which Node checks whether more of an answer was sent. The first check always succeeds, so the connection of
 * a client that reads nothing is closed after 5.5 to 11 seconds.
 */
const SEND_TIMEOUT_MS = 5_500;

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
    res.on('close', () => this.clientLeft());
  }

  refuseAndClose(refusal: HttpRefusal): void {
    this.closing = true;
    this.refuse(refusal);
  }

  /** The client waits for a 100 before it sends its body; after any other answer it is uncertain whether a body follows. */
  awaitContinue(): void {
    this.closing = true;
  }

  /** Sends the 100, if the client waits for it. */
  sendContinue(): void {
    if (!this.closing) return;
    this.closing = false;
    this.res.writeContinue();
  }

  remoteAddress(): string {
    return this.connection.socket.remoteAddress ?? '';
  }

  protected write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void {
    // RFC 9110, section 15.3.5: it has neither a type nor a length.
    if (status === NO_CONTENT) {
      this.#writeResponse(status, ['x-request-id', this.requestId]);
      return;
    }
    if (status === NOT_MODIFIED) {
      // RFC 9110, section 15.4.5: a length would be that of the answer which the client has.
      this.#writeResponse(status, ['x-request-id', this.requestId, ...headers.flat()]);
      return;
    }
    const fields = ['content-type', contentType, ...SECURITY_FIELDS, 'x-request-id', this.requestId];
    if (needsNoStore(status, headers)) fields.push(...NO_STORE);
    for (const [name, value] of headers) fields.push(name, value);
    fields.push('content-length', String(Buffer.byteLength(body)));
    this.#writeResponse(status, fields, body);
  }

  protected beginBody(status: number, contentType: string, headers: HeaderPairs): BodyTransport {
    const { res, connection } = this;
    const fields = ['content-type', contentType, ...SECURITY_FIELDS, 'x-request-id', this.requestId];
    if (needsNoStore(status, headers)) fields.push(...NO_STORE);
    for (const [name, value] of headers) fields.push(name, value);
    if (this.bodiless) this.#writeResponse(status, fields);
    else {
      this.#writeHead(status, fields);
      // The source may be slow, which is not the client's fault; a client that takes nothing is BodyStream's matter.
      connection.socket.setTimeout(0);
      res.on('drain', () => this.streaming?.drained());
    }
    return {
      write: (chunk) => res.write(chunk),
      end: () => {
        res.end();
        if (connection.socket.writableLength > 0) connection.socket.setTimeout(SEND_TIMEOUT_MS);
      },
      disconnect: () => this.disconnect(),
    };
  }

  protected writeAllow(allow: string): void {
    this.#writeResponse(NO_CONTENT, ['allow', allow, 'x-request-id', this.requestId]);
  }

  protected disconnect(): void {
    this.connection.socket.destroy();
  }

  #writeResponse(status: number, fields: string[], body?: string | Uint8Array): void {
    const { res, connection } = this;
    this.#writeHead(status, fields);
    // Node omits the body of an answer to HEAD.
    res.end(body);
    // Node restores its own time limits when the answer was sent.
    if (connection.socket.writableLength > 0) connection.socket.setTimeout(SEND_TIMEOUT_MS);
  }

  #writeHead(status: number, fields: string[]): void {
    const { res, connection } = this;
    try {
      if (this.closing) {
        res.shouldKeepAlive = false;
        connection.closing = true;
      }
      res.writeHead(status, fields);
    } catch (error) {
      // Node refuses to write a header. The exchange has ended, so no time limit would close the connection.
      this.disconnect();
      throw error;
    }
  }
}
