const utf8 = new TextDecoder();

/** The text of a VARBINARY column: MySQL's driver returns a Buffer, SQLite's a string. */
export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : utf8.decode(value);
}
