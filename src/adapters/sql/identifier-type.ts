import { Type } from '@mikro-orm/core';

/** Text that MySQL keeps as VARBINARY, so that it compares byte by byte: a string to us, a Buffer to its driver. */
export class IdentifierType extends Type<string | null, string | Uint8Array | null> {
  override convertToJSValue(value: string | Uint8Array | null): string | null {
    return value === null || typeof value === 'string' ? value : new TextDecoder().decode(value);
  }
}
