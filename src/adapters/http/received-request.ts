import type { HttpMethod, HttpRequest } from '../../ports/http.ts';
import type { Exchange } from './exchange.ts';
import type { Head } from './head.ts';

const NO_BODY = new Uint8Array(0);

/** A request, copied from the transport's and the head reader's objects, which are valid during a call only. */
export class ReceivedRequest implements HttpRequest {
  readonly requestId: string;
  readonly authorization: string;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly ifMatch: string;
  readonly ifNoneMatch: string;
  readonly accept: string;
  readonly acceptEncoding: string;
  readonly signature: string;
  readonly forwardedFor: string;
  /** Set when it is complete, before the handler is called. */
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
    this.ifNoneMatch = head.ifNoneMatch;
    this.accept = head.accept;
    this.acceptEncoding = head.acceptEncoding;
    this.signature = head.signature;
    this.forwardedFor = head.forwardedFor;
  }

  /** Read on demand: few requests need it, and a transport has to format it. */
  get address(): string {
    return this.exchange.remoteAddress();
  }
}
