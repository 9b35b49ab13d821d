import { expect, test } from 'vitest';
import { isStorableText, textOfBytes } from './stored-text.ts';

test.each(['', 'Zoë', '\u{1f3ab}', '\ufffd', '\n'])('text that every store keeps: %j', (text) => {
  expect(isStorableText(text)).toBe(true);
  expect(textOfBytes(Buffer.from(text))).toBe(text);
});

test.each(['\ud800', 'a\udc00', '\udc00\ud800', 'a\0b'])('text that some store changes: %j', (text) => {
  expect(isStorableText(text)).toBe(false);
});

test('bytes that are not UTF-8 are kept, and are no JSON', () => {
  const bytes = Buffer.from([0x22, 0xff, 0x22]);
  const text = textOfBytes(bytes);
  expect(Buffer.from(text.split(': ')[1] ?? '', 'base64')).toEqual(bytes);
  expect(() => JSON.parse(text)).toThrow();
});
