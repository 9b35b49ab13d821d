import { BigIntType, Type } from '@mikro-orm/core';
import { textOf } from './text-of.ts';

/** Text that MySQL stores as VARBINARY, so that it compares byte by byte. */
export class IdentifierType extends Type<string | null, string | Uint8Array | null> {
  override convertToJSValue(value: string | Uint8Array | null): string | null {
    return value === null ? null : textOf(value);
  }
}

/** A BIGINT as a number: milliseconds, minor units of a currency and log offsets are exact in a double. */
export function wholeNumber(): BigIntType<'number'> {
  return new BigIntType('number');
}
