import type { HttpMethod, HttpRequest } from '../../ports/http.ts';
import type { Exchange } from './exchange.ts';
import type { Head } from './head.ts';

const NO_BODY = new Uint8Array(0);

/** A request copied out of what a transport and the head reader lend for the length of a call. */
export class ReceivedRequest implements HttpRequest {
  readonly requestId: string;
  readonly authorization: string;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly ifMatch: string;
  readonly signature: string;
  readonly forwardedFor: string;
  /** Set once it is complete, before any handler sees the request. */
  body: Uint8Array = NO_BODY;

  constructor(
    readonly method: HttpMethod,
    readonly path: string,
    readonly query: string,
    readonly params: readonly string[],
    head: Readonly<Head>,
    private readonly exchange: Exchange,
  ) {
    this.requestId = exchange.requestId;
    this.authorization = head.authorization;
    this.idempotencyKey = head.idempotencyKey;
    this.contentType = head.contentType;
    this.ifMatch = head.ifMatch;
    this.signature = head.signature;
    this.forwardedFor = head.forwardedFor;
  }

  /** Asked for when it is wanted, which is seldom: for a transport it is not cheap. */
  get address(): string {
    return this.exchange.remoteAddress();
  }
}
