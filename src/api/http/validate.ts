import type { Static, TObject } from '@sinclair/typebox';
import { Ajv, type ErrorObject } from 'ajv';
import { parseTime } from './parse-time.ts';
import type { FieldError } from './problem-schema.ts';

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

// Bounds the length of the answer to an arbitrarily wrong request.
const MAX_ERRORS = 10;

/** Compiles a schema into a check that names every field that violates it. */
export function validator<T extends TObject>(
  part: FieldError['in'],
  schema: T,
): (value: unknown) => Validated<Static<T>> {
  // The schemas are our own and typed: validating them against the meta-schema would add 50 ms to each start.
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    meta: false,
    validateSchema: false,
    allowUnionTypes: true,
    formats: { 'date-time': (text: string) => parseTime(text) !== undefined },
  });
  const check = ajv.compile<Static<T>>(schema);
  return (value) =>
    check(value)
      ? { ok: true, value }
      : { ok: false, errors: (check.errors ?? []).slice(0, MAX_ERRORS).map((error) => fieldError(part, error)) };
}

function fieldError(part: FieldError['in'], { instancePath, message = 'is invalid', params }: ErrorObject): FieldError {
  const { additionalProperty, missingProperty } = params as Readonly<Record<string, string | undefined>>;
  const property = additionalProperty ?? missingProperty;
  const path = property === undefined ? instancePath : `${instancePath}/${property.slice(0, 64)}`;
  return { in: part, path, message: additionalProperty === undefined ? message : 'is unknown' };
}
