import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLAY_WINDOW_SECONDS, sign, signatureError } from './signature.ts';

const SECRET = 'a secret for tests only, long enough';
const NOW_S = 1_790_000_000;
const NOW_MS = NOW_S * 1000;

const message = fc.record({
  secret: fc.string({ minLength: 1 }),
  body: fc.uint8Array({ maxLength: 300 }),
  ageSeconds: fc.integer({ min: -REPLAY_WINDOW_SECONDS, max: REPLAY_WINDOW_SECONDS }),
});

/** The same bytes except for one. */
function flipped(bytes: Uint8Array, at: number, by: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const index = at % copy.length;
  copy[index] = (copy[index] ?? 0) ^ by;
  return copy;
}

const place = fc.nat({ max: 1000 });
const change = fc.integer({ min: 1, max: 255 });

describe('a signature', () => {
  it('is accepted with the same key, within the window', () => {
    fc.assert(
      fc.property(message, ({ secret, body, ageSeconds }) => {
        const header = sign(secret, body, NOW_S - ageSeconds);
        expect(signatureError(secret, { header, body }, NOW_MS)).toBeUndefined();
      }),
    );
  });

  it('is what the documented rule gives', () => {
    // echo -n '1.{}' | openssl dgst -sha256 -hmac key
    const hex = '1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224';
    expect(sign('key', '{}', 1)).toBe(`t=1,v1=${hex}`);
  });

  it('is refused if any byte of the body was changed', () => {
    fc.assert(
      fc.property(message, place, change, ({ secret, body, ageSeconds }, at, by) => {
        fc.pre(body.length > 0);
        const header = sign(secret, body, NOW_S - ageSeconds);
        expect(signatureError(secret, { header, body: flipped(body, at, by) }, NOW_MS)).toBe('signature');
      }),
    );
  });

  it('is refused if any byte of the header was changed', () => {
    fc.assert(
      fc.property(message, place, change, ({ secret, body, ageSeconds }, at, by) => {
        const bytes = Buffer.from(sign(secret, body, NOW_S - ageSeconds), 'latin1');
        const header = Buffer.from(flipped(bytes, at, by)).toString('latin1');
        expect(signatureError(secret, { header, body }, NOW_MS)).toBe('signature');
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused if a byte was added, or for another key', () => {
    fc.assert(
      fc.property(message, fc.string({ minLength: 1 }), ({ secret, body, ageSeconds }, other) => {
        const header = sign(secret, body, NOW_S - ageSeconds);
        expect(signatureError(secret, { header, body: Uint8Array.of(...body, 0) }, NOW_MS)).toBe('signature');
        expect(signatureError(secret + other, { header, body }, NOW_MS)).toBe('signature');
      }),
    );
  });

  it('is refused for a time outside of the window, on either side', () => {
    const body = Buffer.from('{}');
    const at = (seconds: number) => signatureError(SECRET, { header: sign(SECRET, body, seconds), body }, NOW_MS);
    expect([at(NOW_S - REPLAY_WINDOW_SECONDS), at(NOW_S + REPLAY_WINDOW_SECONDS)]).toEqual([undefined, undefined]);
    expect([at(NOW_S - REPLAY_WINDOW_SECONDS - 1), at(NOW_S + REPLAY_WINDOW_SECONDS + 1), at(0)]).toEqual([
      'timestamp',
      'timestamp',
      'timestamp',
    ]);
  });

  it('may be one of several, while keys are rotated', () => {
    const body = Buffer.from('{}');
    const v1 = (secret: string) => sign(secret, body, NOW_S).split(',')[1];
    const judged = (...signatures: readonly (string | undefined)[]) =>
      signatureError(SECRET, { header: [`t=${NOW_S}`, ...signatures].join(','), body }, NOW_MS);
    expect(judged(v1('old'), v1(SECRET))).toBeUndefined();
    expect(judged(v1(SECRET), v1('new'))).toBeUndefined();
    expect(judged('v0=whatever', v1(SECRET))).toBeUndefined();
    expect(judged(v1('old'), v1('new'))).toBe('signature');
  });

  it('is refused in any other format', () => {
    const body = Buffer.from('{}');
    const good = sign(SECRET, body, NOW_S);
    const [t = '', v1 = ''] = good.split(',');
    for (const header of [
      '',
      ',',
      '=',
      t,
      v1,
      v1.slice(3),
      `${t},${v1.toUpperCase()}`,
      `${t},v1=${v1.slice(3).toUpperCase()}`,
      `${t}, ${v1}`,
      `${t},${v1.slice(0, -2)}`,
      `${t},${v1},v1=`,
      `${t},${t},${v1}`,
      `t=0${NOW_S},${v1}`,
      `t=-${NOW_S},${v1}`,
      `t=1e9,${v1}`,
      `${good},${'x'.repeat(1024)}`,
    ]) {
      expect(signatureError(SECRET, { header, body }, NOW_MS), header).toBe('signature');
    }
  });
});
