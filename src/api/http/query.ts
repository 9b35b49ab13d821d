import type { Static, TObject } from '@sinclair/typebox';
import type { FieldError } from './problem-schema.ts';
import { type Validated, validator } from './validate.ts';

const WHOLE_NUMBER = /^-?\d{1,9}$/;

/**
 * Compiles a reader of query strings. The schema's integers are read as such; a parameter that is unknown or given
 * twice is refused like one that breaks the schema.
 */
export function queryReader<T extends TObject>(schema: T): (query: string) => Validated<Static<T>> {
  const validate = validator('query', schema);
  const integers = new Set(
    Object.keys(schema.properties).filter((name) => schema.properties[name]?.type === 'integer'),
  );

  return (query) => {
    const raw: Record<string, string | number> = {};
    const twice: FieldError[] = [];
    for (const [name, value] of new URLSearchParams(query)) {
      if (Object.hasOwn(raw, name))
        twice.push({ in: 'query', path: `/${name.slice(0, 64)}`, message: 'is given twice' });
      // Not by assignment: `__proto__` is a name like any other here.
      Object.defineProperty(raw, name, {
        value: integers.has(name) && WHOLE_NUMBER.test(value) ? Number(value) : value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return twice.length > 0 ? { ok: false, errors: twice.slice(0, 1) } : validate(raw);
  };
}
