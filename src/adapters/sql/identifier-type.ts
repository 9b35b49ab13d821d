import { Type } from '@mikro-orm/core';

const utf8 = new TextDecoder();

/** A VARBINARY column's text: MySQL's driver gives a Buffer, SQLite's a string. */
export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : utf8.decode(value);
}

/** Text that MySQL keeps as VARBINARY, so that it compares byte by byte. */
export class IdentifierType extends Type<string | null, string | Uint8Array | null> {
  override convertToJSValue(value: string | Uint8Array | null): string | null {
    return value === null ? null : textOf(value);
  }
}
