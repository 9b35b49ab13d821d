import { Type } from '@sinclair/typebox';
import type { HttpRequest } from '../../ports/http.ts';
import { bodyReader, isJson } from './body.ts';
import type { Rendered } from './problem.ts';

/** For calls whose path and token say it all. */
export const EmptyBody = Type.Object(
  {},
  { additionalProperties: false, description: 'Empty, or not there: the path and the token say it all.' },
);

const readBody = bodyReader(EmptyBody);

/** What to answer to a body that is neither absent nor an empty object; undefined when it is fine. */
export function refusalOfBody(request: HttpRequest): Rendered | undefined {
  const { body, contentType } = request;
  if (body.length === 0 || (isEmptyObject(body) && isJson(contentType))) return undefined;
  const read = readBody(request);
  return read.ok ? undefined : read.answer;
}

/** What nearly all clients that send a body at all send, told without decoding it. */
function isEmptyObject(body: Uint8Array): boolean {
  return body.length === 2 && body[0] === 0x7b && body[1] === 0x7d;
}
