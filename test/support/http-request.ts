import type { HttpRequest } from '../../src/ports/http.ts';

/** A request as a front passes it to a handler, empty except for these parts. */
export function anHttpRequest(parts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    path: '',
    params: [],
    query: '',
    requestId: 'req-1',
    authorization: '',
    idempotencyKey: undefined,
    contentType: '',
    ifMatch: '',
    ifNoneMatch: '',
    accept: '',
    acceptEncoding: '',
    signature: '',
    forwardedFor: '',
    address: '192.0.2.1',
    body: new Uint8Array(0),
    ...parts,
  };
}
