/** What must not stand in a quoted literal as it is, with backslash escapes on (see sql/mysql-options.ts). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and SUB are what has to be escaped.
const UNSAFE = /[\0\b\t\n\r\x1a"'\\]/;
const EACH_UNSAFE = new RegExp(UNSAFE, 'g');

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\x1a': '\\Z',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
};

/** A string literal of MySQL. Nearly all are plain ids, so those take no more than one test. */
export function quoted(text: string): string {
  return UNSAFE.test(text) ? `'${text.replace(EACH_UNSAFE, (unsafe) => ESCAPES[unsafe] ?? unsafe)}'` : `'${text}'`;
}
