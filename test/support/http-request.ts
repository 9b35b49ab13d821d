import type { HttpRequest } from '../../src/ports/http.ts';

/** A request as a front hands it to a handler, with nothing in it but these parts. */
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
    signature: '',
    forwardedFor: '',
    address: '192.0.2.1',
    body: new Uint8Array(0),
    ...parts,
  };
}
