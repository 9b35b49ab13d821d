import { describe, expect, it } from 'vitest';
import { subjectOf } from './token-subject.ts';

const token = (payload: string) => `x.${btoa(payload).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.y`;

describe('the user that a token names', () => {
  it('is its subject', () => {
    expect(subjectOf(token('{"sub":"buyer-1"}'))).toBe('buyer-1');
    expect(subjectOf(token(JSON.stringify({ sub: '??>>~~' })))).toBe('??>>~~');
    expect(subjectOf(token(JSON.stringify({ sub: 'x'.repeat(500) })))).toHaveLength(128);
  });

  it.each(['', 'x', 'x.y', 'x.%.y', token('null'), token('{}'), token('{"sub":5}'), token('{"sub":""}'), token('{')])(
    'is unknown of %j',
    (text) => expect(subjectOf(text)).toBeUndefined(),
  );
});
