export const CSV_TYPE = 'text/csv';

/** As it is sent: it begins with a row of names (RFC 4180). */
export const CSV_CONTENT_TYPE = `${CSV_TYPE}; charset=utf-8; header=present`;

/** What spreadsheets take for a formula, and run (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** A row with its line end (RFC 4180). A text that a spreadsheet would run begins with an apostrophe, which it shows as text. */
export function csvRow(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(cell).join()}\r\n`;
}

function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
