const utf8 = new TextDecoder();

/** A VARBINARY column's text: MySQL's driver gives a Buffer, SQLite's a string. */
export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : utf8.decode(value);
}
