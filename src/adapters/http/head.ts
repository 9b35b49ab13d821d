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
    signature: '',
    forwardedFor: '',
    requestId: '',
    repeated: '',
  };

  const visit = (name: string, value: string): void => {
    switch (name) {
      case 'authorization':
        if (head.authorization !== '') head.repeated = name;
        head.authorization = value;
        break;
      case 'idempotency-key':
        if (head.idempotencyKey !== undefined) head.repeated = name;
        head.idempotencyKey = value;
        break;
      case 'content-type':
        if (head.contentType !== '') head.repeated = name;
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
        head.ifMatch = head.ifMatch === '' ? value : `${head.ifMatch}, ${value}`;
        break;
      case 'floodgate-signature':
        if (head.signature !== '') head.repeated = name;
        head.signature = value;
        break;
      case 'x-forwarded-for':
        head.forwardedFor = head.forwardedFor === '' ? value : `${head.forwardedFor}, ${value}`;
        break;
      case 'x-request-id':
        head.requestId = value;
        break;
    }
  };

  return (source) => {
    head.authorization = '';
    head.idempotencyKey = undefined;
    head.contentType = '';
    head.contentLength = '';
    head.contentLengths = 0;
    head.hosts = 0;
    head.transferEncoding = false;
    head.ifMatch = '';
    head.signature = '';
    head.forwardedFor = '';
    head.requestId = '';
    head.repeated = '';
    source.forEach(visit);
    return head;
  };
}
