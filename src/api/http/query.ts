import type { Static, TObject } from '@sinclair/typebox';
import type { FieldError } from './problem-schema.ts';
import { type Validated, validator } from './validate.ts';

const WHOLE_NUMBER = /^-?\d{1,9}$/;

export interface QueryReaderOptions {
  /** Whether a parameter that the schema does not have is ignored. @default none is: a misspelt filter must not go unnoticed */
  readonly ignores?: (name: string) => boolean;
}

/**
 * Compiles a reader of query strings. Integers of the schema are parsed as numbers; unknown and repeated parameters are
 * refused like any other violation of the schema.
 */
export function queryReader<T extends TObject>(
  schema: T,
  { ignores = () => false }: QueryReaderOptions = {},
): (query: string) => Validated<Static<T>> {
  const validate = validator('query', schema);
  const integers = new Set(
    Object.keys(schema.properties).filter((name) => schema.properties[name]?.type === 'integer'),
  );

  return (query) => {
    const raw: Record<string, string | number> = {};
    const repeated: FieldError[] = [];
    for (const [name, value] of new URLSearchParams(query)) {
      if (!Object.hasOwn(schema.properties, name) && ignores(name)) continue;
      if (Object.hasOwn(raw, name))
        repeated.push({ in: 'query', path: `/${name.slice(0, 64)}`, message: 'must not be repeated' });
      // Not by assignment: `__proto__` is an ordinary name here.
      Object.defineProperty(raw, name, {
        value: integers.has(name) && WHOLE_NUMBER.test(value) ? Number(value) : value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return repeated.length > 0 ? { ok: false, errors: repeated.slice(0, 1) } : validate(raw);
  };
}
