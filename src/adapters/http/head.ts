/** The headers that a front needs. The object is reused for the next request: copy what is needed for longer. */
export interface Head {
  authorization: string;
  idempotencyKey: string | undefined;
  contentType: string;
  contentLength: string;
  contentLengths: number;
  /** How many times Host was sent. */
  hosts: number;
  /** Whether a Transfer-Encoding was sent, even an empty one. */
  transferEncoding: boolean;
  ifMatch: string;
  ifNoneMatch: string;
  accept: string;
  acceptEncoding: string;
  signature: string;
  /** All X-Forwarded-For headers, joined by commas. */
  forwardedFor: string;
  requestId: string;
  /** The name of a header that may be sent once and was sent twice; empty when there is none. */
  repeated: string;
}

export interface HeaderSource {
  forEach(visit: (lowerCaseName: string, value: string) => void): void;
}

/** Headers that may be sent once. That one was sent is not seen in its value: the first of two may be empty. */
const SEEN = { authorization: 1, idempotencyKey: 2, contentType: 4, signature: 8 } as const;

/** A list header that was sent several times is one list (RFC 9110, section 5.3). */
function listOf(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`;
}

/**
 * Makes a reader of headers. It visits each header once: a look-up by name would be no faster, and would return only the
 * first of two with one name. The result is overwritten by the next call.
 */
export function createHeadReader(): (source: HeaderSource) => Readonly<Head> {
  const head: Head = {
    authorization: '',
    idempotencyKey: undefined,
    contentType: '',
    contentLength: '',
    contentLengths: 0,
    hosts: 0,
    transferEncoding: false,
    ifMatch: '',
    ifNoneMatch: '',
    accept: '',
    acceptEncoding: '',
    signature: '',
    forwardedFor: '',
    requestId: '',
    repeated: '',
  };

  /** Bits of `SEEN`. */
  let seen = 0;

  const once = (name: string, bit: number): void => {
    if ((seen & bit) !== 0) head.repeated = name;
    seen |= bit;
  };

  const visit = (name: string, value: string): void => {
    switch (name) {
      case 'authorization':
        once(name, SEEN.authorization);
        head.authorization = value;
        break;
      case 'idempotency-key':
        once(name, SEEN.idempotencyKey);
        head.idempotencyKey = value;
        break;
      case 'content-type':
        once(name, SEEN.contentType);
        head.contentType = value;
        break;
      case 'content-length':
        head.contentLength = value;
        head.contentLengths += 1;
        break;
      case 'host':
        head.hosts += 1;
        break;
      case 'transfer-encoding':
        head.transferEncoding = true;
        break;
      case 'if-match':
        head.ifMatch = listOf(head.ifMatch, value);
        break;
      case 'if-none-match':
        head.ifNoneMatch = listOf(head.ifNoneMatch, value);
        break;
      case 'accept':
        head.accept = listOf(head.accept, value);
        break;
      case 'accept-encoding':
        head.acceptEncoding = listOf(head.acceptEncoding, value);
        break;
      case 'floodgate-signature':
        once(name, SEEN.signature);
        head.signature = value;
        break;
      case 'x-forwarded-for':
        head.forwardedFor = listOf(head.forwardedFor, value);
        break;
      case 'x-request-id':
        head.requestId = value;
        break;
    }
  };

  return (source) => {
    seen = 0;
    head.authorization = '';
    head.idempotencyKey = undefined;
    head.contentType = '';
    head.contentLength = '';
    head.contentLengths = 0;
    head.hosts = 0;
    head.transferEncoding = false;
    head.ifMatch = '';
    head.ifNoneMatch = '';
    head.accept = '';
    head.acceptEncoding = '';
    head.signature = '';
    head.forwardedFor = '';
    head.requestId = '';
    head.repeated = '';
    source.forEach(visit);
    return head;
  };
}
