import type { HttpMethod, HttpRequest } from '../../ports/http.ts';
import type { Head } from './head.ts';

const NO_BODY = new Uint8Array(0);

/** A request copied out of what a transport and the head reader lend for the length of a call. */
export class ReceivedRequest implements HttpRequest {
  readonly authorization: string;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly ifMatch: string;
  readonly signature: string;
  /** Set once it is complete, before any handler sees the request. */
  body: Uint8Array = NO_BODY;

  constructor(
    readonly method: HttpMethod,
    readonly path: string,
    readonly query: string,
    readonly params: readonly string[],
    head: Readonly<Head>,
    readonly requestId: string,
  ) {
    this.authorization = head.authorization;
    this.idempotencyKey = head.idempotencyKey;
    this.contentType = head.contentType;
    this.ifMatch = head.ifMatch;
    this.signature = head.signature;
  }
}
