import { type Static, type TObject, Type } from '@sinclair/typebox';
import type { HttpRequest } from '../../ports/http.ts';
import { JSON_TYPE } from './json.ts';
import { problem, type Rendered } from './problem.ts';
import { validator } from './validate.ts';

export type ParsedBody<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly answer: Rendered };

/** Problems that any operation with a body can answer. */
export const BODY_PROBLEMS = ['unsupported_media_type', 'invalid'] as const;

const JSON_MEDIA_TYPE = /^[ \t]*application\/json[ \t]*(?:;|$)/i;

function isJson(contentType: string): boolean {
  return contentType === JSON_TYPE || JSON_MEDIA_TYPE.test(contentType);
}

/** Compiles a reader of JSON bodies; a body that it refuses comes with the answer to send. */
export function bodyReader<T extends TObject>(schema: T): (request: HttpRequest) => ParsedBody<Static<T>> {
  const validate = validator('body', schema);
  const decoder = new TextDecoder('utf-8', { fatal: true });

  return ({ body, contentType, requestId }) => {
    if (!isJson(contentType)) return { ok: false, answer: problem('unsupported_media_type', requestId) };
    let value: unknown;
    try {
      value = JSON.parse(decoder.decode(body));
    } catch {
      return { ok: false, answer: problem('malformed', requestId, { detail: 'The body is not JSON in UTF-8.' }) };
    }
    const validated = validate(value);
    if (validated.ok) return validated;
    return { ok: false, answer: problem('invalid', requestId, { errors: [...validated.errors] }) };
  };
}

/** The body of operations that the path and the token fully describe. */
export const EmptyBody = Type.Object(
  {},
  { additionalProperties: false, description: 'Absent or an empty object: the path and the token say everything.' },
);

const readEmptyBody = bodyReader(EmptyBody);

/** The answer to a body that is neither absent nor an empty object; undefined when the body is acceptable. */
export function refusalOfBody(request: HttpRequest): Rendered | undefined {
  if (isEmptyBody(request)) return undefined;
  const read = readEmptyBody(request);
  return read.ok ? undefined : read.answer;
}

/** Whether the body is absent, or an empty object in JSON. */
export function isEmptyBody({ body, contentType }: Pick<HttpRequest, 'body' | 'contentType'>): boolean {
  return body.length === 0 || (isEmptyObject(body) && isJson(contentType));
}

/** `{}`, which nearly every client sends that sends a body at all: recognised without decoding it. */
function isEmptyObject(body: Uint8Array): boolean {
  return body.length === 2 && body[0] === 0x7b && body[1] === 0x7d;
}
