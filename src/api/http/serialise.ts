import type { Static, TObject } from '@sinclair/typebox';
import fastJson, { type ObjectSchema } from 'fast-json-stringify';

/** Compiles a schema into a function that writes its values as JSON, fields in the schema's order. */
export function serialiser<T extends TObject>(schema: T): (value: Static<T>) => string {
  // The two libraries describe JSON Schema by different types; a TypeBox object is plain JSON Schema of type object.
  return fastJson(schema as ObjectSchema);
}
