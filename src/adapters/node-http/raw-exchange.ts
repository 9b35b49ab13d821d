import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderPairs, HttpRefusal } from '../../ports/http.ts';
import type { BodyTransport } from '../http/body-stream.ts';
import { Exchange, type ExchangeDeps } from '../http/exchange.ts';
import type { RequestPipeline } from '../http/request-pipeline.ts';
import { NO_STORE, needsNoStore, SECURITY_HEADERS } from '../http/standard-headers.ts';
import type { Connection, ConnectionOf } from './connection.ts';

const UNKNOWN_ENCODING: HttpRefusal = { code: 'length_required' };
const NOT_A_REQUEST: HttpRefusal = { code: 'malformed', detail: 'This is not a request in HTTP/1.1.' };
const REFUSALS: Readonly<Record<string, HttpRefusal>> = {
  HPE_INVALID_TRANSFER_ENCODING: UNKNOWN_ENCODING,
  HPE_INVALID_CONTENT_LENGTH: { code: 'malformed', detail: 'Content-Length must be digits.' },
  HPE_UNEXPECTED_CONTENT_LENGTH: { code: 'malformed', detail: 'Content-Length was sent twice.' },
  HPE_HEADER_OVERFLOW: { code: 'malformed', detail: 'The head of the request is too long.' },
};

/** Node's error code for a connection that ended in the middle of a request. */
const UNEXPECTED_END = 'HPE_INVALID_EOF_STATE';

/** Makes the listener that answers bytes which Node's parser can't read, if the client can still read an answer. */
export function createGarbageHandler(pipeline: RequestPipeline, connectionOf: ConnectionOf, deps: ExchangeDeps) {
  const count = pipeline.counterOf('other', 'none');
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const { code = '' } = error;
    const connection = connectionOf(socket);
    const isGarbage = code.startsWith('HPE_') && code !== UNEXPECTED_END;
    // The last answer of this connection was given.
    if (isGarbage && connection.closing) return;
    // Too slow, disconnected, or so early that this answer would overtake the one before.
    if (!isGarbage || !socket.writable || connection.latest?.answering) {
      socket.destroy();
      return;
    }
    const exchange = new RawExchange(connection, deps, count);
    exchange.requestId = pipeline.requestIdOf('');
    try {
      exchange.refuseAndClose(refusalOf(code));
    } catch (thrown) {
      exchange.fail(thrown);
    }
  };
}

/** The refusal of bytes that Node's parser can't read, by the code of its error. */
function refusalOf(code: string): HttpRefusal {
  return REFUSALS[code] ?? NOT_A_REQUEST;
}

/** The answer to bytes that are not a request: Node has no response object for it. It ends the connection. */
class RawExchange extends Exchange {
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
      ...(needsNoStore(status, headers) ? [NO_STORE] : []),
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

  /** Never called: no handler sees an unreadable request. */
  protected beginBody(): BodyTransport {
    this.disconnect();
    return { write: () => true, end: () => {}, disconnect: () => {} };
  }

  /** Never called: it answers OPTIONS, and the method of an unreadable request is unknown. */
  protected writeAllow(): void {
    this.disconnect();
  }

  protected disconnect(): void {
    this.connection.socket.destroy();
  }
}
