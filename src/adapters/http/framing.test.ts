import { describe, expect, it } from 'vitest';
import { bodyLengthOf } from './framing.ts';
import { createHeadReader } from './head.ts';

const read = createHeadReader();

function lengthOf(...headers: readonly (readonly [string, string])[]) {
  const forEach = (visit: (name: string, value: string) => void): void => {
    for (const [name, value] of [['host', 'x'] as const, ...headers]) visit(name, value);
  };
  return bodyLengthOf(read({ forEach }), 100);
}

describe('bodyLengthOf', () => {
  it('is the Content-Length, 0 without one', () => {
    expect(lengthOf()).toBe(0);
    expect(lengthOf(['content-length', '0'])).toBe(0);
    expect(lengthOf(['content-length', '100'])).toBe(100);
  });

  it('refuses more than the limit', () => {
    expect(lengthOf(['content-length', '101'])).toEqual({ code: 'too_large' });
  });

  it.each(['', ' ', '1 ', '+1', '-1', '1.0', '0x1', '1,1', '١', '9'.repeat(16)])(
    'refuses the length "%s"',
    (length) => {
      expect(lengthOf(['content-length', length])).toMatchObject({ code: 'malformed' });
    },
  );

  it('refuses two lengths, also when they agree or one is empty', () => {
    for (const [one, other] of [
      ['1', '1'],
      ['1', '2'],
      ['', '1'],
      ['1', ''],
    ] as const) {
      expect(lengthOf(['content-length', one], ['content-length', other])).toMatchObject({ code: 'malformed' });
    }
  });

  it('refuses every transfer coding, with or without a length', () => {
    expect(lengthOf(['transfer-encoding', 'chunked'])).toEqual({ code: 'length_required' });
    expect(lengthOf(['transfer-encoding', ''])).toEqual({ code: 'length_required' });
    expect(lengthOf(['content-length', '1'], ['transfer-encoding', 'chunked'])).toEqual({ code: 'length_required' });
  });

  it('refuses a request without a host, and one with two, also when they agree', () => {
    const two = (visit: (name: string, value: string) => void): void => {
      visit('host', 'x');
      visit('host', 'x');
    };
    for (const forEach of [() => {}, two]) {
      expect(bodyLengthOf(read({ forEach }), 100)).toMatchObject({
        code: 'malformed',
        detail: expect.stringContaining('Host'),
      });
    }
  });

  it('refuses a second occurrence of a header that may be sent once', () => {
    for (const name of ['authorization', 'idempotency-key', 'content-type']) {
      expect(lengthOf([name, 'a'], [name, 'b'])).toMatchObject({
        code: 'malformed',
        detail: expect.stringContaining(name),
      });
    }
    expect(lengthOf(['accept', 'a'], ['accept', 'b'])).toBe(0);
  });
});

describe('createHeadReader', () => {
  it('keeps nothing of the previous request', () => {
    const empty = { ...read({ forEach: () => {} }) };
    read({
      forEach: (visit) => {
        for (const name of [
          'authorization',
          'idempotency-key',
          'content-type',
          'content-length',
          'host',
          'transfer-encoding',
          'if-match',
          'floodgate-signature',
          'x-request-id',
        ]) {
          visit(name, 'x');
          visit(name, 'y');
        }
      },
    });
    expect(read({ forEach: () => {} })).toEqual(empty);
  });

  it('distinguishes an empty key from none, and joins what may be sent twice', () => {
    expect(read({ forEach: (visit) => visit('idempotency-key', '') }).idempotencyKey).toBe('');
    const head = read({
      forEach: (visit) => {
        visit('if-match', '"1"');
        visit('if-match', '"2"');
      },
    });
    expect(head.ifMatch).toBe('"1", "2"');
  });
});
