import type { Static, TObject } from '@sinclair/typebox';
import type { HttpRequest } from '../../ports/http.ts';
import { problem, type Rendered } from './problem.ts';
import { validator } from './validate.ts';

export type BodyOf<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Rendered };

const JSON_MEDIA_TYPE = /^[ \t]*application\/json[ \t]*(?:;|$)/i;

export function isJson(contentType: string): boolean {
  return contentType === 'application/json' || JSON_MEDIA_TYPE.test(contentType);
}

/** Compiles a reader of JSON bodies; what it refuses comes with the answer to send. */
export function bodyReader<T extends TObject>(schema: T): (request: HttpRequest) => BodyOf<Static<T>> {
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
