import type { Static, TObject } from '@sinclair/typebox';
import fastJson, { type ObjectSchema } from 'fast-json-stringify';
import type { HeaderPairs } from '../../ports/http.ts';

export const JSON_TYPE = 'application/json';

/** For answers that are one person's or that change at any time: no cache on the way may keep them. */
export const NO_STORE: HeaderPairs = [['cache-control', 'no-store']];

/** Compiles a schema into a function that writes its values as JSON, fields in the schema's order. */
export function serialiser<T extends TObject>(schema: T): (value: Static<T>) => string {
  // The two libraries describe JSON Schema by different types; a TypeBox object is plain JSON Schema of type object.
  return fastJson(schema as ObjectSchema);
}
