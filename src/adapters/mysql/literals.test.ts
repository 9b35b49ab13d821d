import { expect, test } from 'vitest';
import { quoted, quotedOnce } from './literals.ts';

test.each([
  ['', "''"],
  ['k:plain-1', "'k:plain-1'"],
  ["it's", "'it\\'s'"],
  ["\\'; DROP TABLE orders; --", "'\\\\\\'; DROP TABLE orders; --'"],
  ['a"b', "'a\\\"b'"],
  ['\0\b\t\n\r\x1a', "'\\0\\b\\t\\n\\r\\Z'"],
  ['%_?$1', "'%_?$1'"],
  ['é\u{1F3AB}', "'é\u{1F3AB}'"],
])('quotes %j', (text, literal) => {
  expect(quoted(text)).toBe(literal);
});

test('quotes each text of a column, the same as before or not', () => {
  const literal = quotedOnce();
  expect(['', "it's", "it's", 'a', ''].map(literal)).toEqual(["''", "'it\\'s'", "'it\\'s'", "'a'", "''"]);
});
