import { expect, test } from 'vitest';
import type { DeadLetter } from '../../ports/order-log.ts';
import { decodeLetter, encodeLetter, keyOf } from './dead-letters.ts';

const LETTER: DeadLetter = { group: 'g:1', partition: 2, offset: 3, reason: 'bad', attempts: 1, raw: '{' };

test('a letter is read as it was written', () => {
  expect(decodeLetter(keyOf(LETTER), encodeLetter(LETTER).toString())).toEqual(LETTER);
});

test.each(['', '{"group":', 'null', '{"group":"g:1"}', '[]'])('a damaged letter keeps its place: %j', (text) => {
  const { group, partition, offset } = LETTER;
  expect(decodeLetter(keyOf(LETTER), text)).toMatchObject({ group, partition, offset, raw: text });
  expect(decodeLetter('no place', text)).toMatchObject({ group: 'no place', raw: text });
});
