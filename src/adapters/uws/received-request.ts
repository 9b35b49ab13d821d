import type { HttpRequest as UwsRequest } from 'uWebSockets.js';
import type { HttpMethod, HttpRequest } from '../../ports/http.ts';
import type { Head } from './head.ts';

const NO_BODY = new Uint8Array(0);

/** A request copied out of what uWebSockets lends for the length of a call. */
export class ReceivedRequest implements HttpRequest {
  readonly path: string;
  readonly query: string;
  readonly authorization: string;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly ifMatch: string;
  readonly signature: string;
  /** Set once it is complete, before any handler sees the request. */
  body: Uint8Array = NO_BODY;

  constructor(
    readonly method: HttpMethod,
    req: UwsRequest,
    readonly params: readonly string[],
    head: Readonly<Head>,
    readonly requestId: string,
  ) {
    this.path = req.getUrl();
    // It is undefined without a question mark, whatever the type says.
    this.query = req.getQuery() ?? '';
    this.authorization = head.authorization;
    this.idempotencyKey = head.idempotencyKey;
    this.contentType = head.contentType;
    this.ifMatch = head.ifMatch;
    this.signature = head.signature;
  }
}
