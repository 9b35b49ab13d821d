import { describe, expect, it } from 'vitest';
import { keyOf, refusalOfKey } from './idempotency-key.ts';

describe('an idempotency key', () => {
  it('is read without the blanks around it', () => {
    expect([undefined, '', 'k', ' k', 'k\t', ' \tk k\t '].map(keyOf)).toEqual([undefined, '', 'k', 'k', 'k', 'k k']);
    expect([' ', '\t', ' \t '].map(keyOf)).toEqual(['', '', '']);
  });

  it('is refused when nothing is left, or when it has anything but printable ASCII', () => {
    const refused = (key: string) => refusalOfKey(keyOf(key), 'r1')?.status;
    expect([' ', '', '\u00a0', 'a\tb', 'k'.repeat(256)].map(refused)).toEqual([422, 422, 422, 422, 422]);
    expect([undefined, 'k', ' k ', ` ${'k'.repeat(255)}`].map((key) => refusalOfKey(keyOf(key), 'r1'))).toEqual(
      Array(4).fill(undefined),
    );
  });
});
