import { STATUS_CODES } from 'node:http';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import { Exchange, type ExchangeDeps } from '../http/exchange.ts';
import { lacksCaching, SECURITY_HEADERS, UNCACHED } from '../http/security-headers.ts';
import type { Connection } from './connection.ts';

const UNKNOWN_ENCODING: HttpRefusal = { code: 'length_required' };
const NOT_A_REQUEST: HttpRefusal = { code: 'malformed', detail: 'This is not a request in HTTP/1.1.' };
const REFUSALS: Readonly<Record<string, HttpRefusal>> = {
  HPE_INVALID_TRANSFER_ENCODING: UNKNOWN_ENCODING,
  HPE_INVALID_CONTENT_LENGTH: { code: 'malformed', detail: 'Content-Length must be digits.' },
  HPE_UNEXPECTED_CONTENT_LENGTH: { code: 'malformed', detail: 'Content-Length was sent twice.' },
  HPE_HEADER_OVERFLOW: { code: 'malformed', detail: 'The head of the request is too long.' },
};

/** What to answer to bytes that Node's parser has given up on, by the code of its error. */
export function refusalOf(code: string): HttpRefusal {
  return REFUSALS[code] ?? NOT_A_REQUEST;
}

/** The answer to what never became a request: written by hand, and the end of its connection. */
export class RawExchange extends Exchange {
  constructor(
    private readonly connection: Connection,
    deps: ExchangeDeps,
    count: (status: number) => void,
  ) {
    super(deps, count);
  }

  refuseAndClose(refusal: HttpRefusal): void {
    this.refuse(refusal);
  }

  remoteAddress(): string {
    return this.connection.socket.remoteAddress ?? '';
  }

  protected write(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs): void {
    const { socket } = this.connection;
    this.connection.closing = true;
    const fields: HeaderPairs = [
      ['content-type', contentType],
      ...SECURITY_HEADERS,
      ...(lacksCaching(status, headers) ? [UNCACHED] : []),
      ['x-request-id', this.requestId],
      ...headers,
      ['content-length', String(Buffer.byteLength(body))],
      ['date', new Date().toUTCString()],
      ['connection', 'close'],
    ];
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n`, 'latin1');
    socket.write(body);
    socket.destroySoon();
  }

  /** Nobody who can't be read has asked for it. */
  protected writeAllow(): void {
    this.disconnect();
  }

  protected disconnect(): void {
    this.connection.socket.destroy();
  }
}
