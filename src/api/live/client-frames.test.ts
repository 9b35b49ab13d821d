import { describe, expect, it } from 'vitest';
import { readFrame } from './client-frames.ts';

const VALID = [
  { type: 'auth', id: 1, token: 'x' },
  { type: 'subscribe', id: 'a', saleId: 's' },
  { type: 'unsubscribe', id: '', saleId: 's' },
  { type: 'purchase', id: -7, saleId: 's', quantity: 1 },
  { type: 'purchase', id: 'k', saleId: 's', idempotencyKey: 'k', quantity: 20 },
  { type: 'ping', id: Number.MAX_SAFE_INTEGER },
];

function refusal(text: string) {
  const read = readFrame(text);
  if (read.ok) return undefined;
  const { status, body } = read.refuse('r');
  return { id: read.id, status, problem: JSON.parse(body) };
}

describe('a frame of a client', () => {
  it.each(VALID)('of type $type is read', (frame) => {
    expect(readFrame(JSON.stringify(frame))).toEqual({ ok: true, id: JSON.stringify(frame.id), frame });
  });

  it('asks for one ticket if it does not say how many', () => {
    expect(readFrame('{"type":"purchase","id":1,"saleId":"s"}')).toMatchObject({ frame: { quantity: 1 } });
  });

  it.each(['', '{', 'hello', '{"type":"ping","id":1}{', 'undefined', '[1]', '"ping"', '1', 'null'])(
    'is malformed: %j',
    (text) => {
      expect(refusal(text)).toMatchObject({
        id: undefined,
        status: 400,
        problem: { code: 'malformed', instance: 'r' },
      });
    },
  );

  it.each<readonly [text: string, id: string | undefined, path: string]>([
    ['{"id":1}', '1', '/type'],
    ['{"id":1,"type":"pig"}', '1', '/type'],
    ['{"id":1,"type":["ping"]}', '1', '/type'],
    ['{"id":1,"type":"toString"}', '1', '/type'],
    ['{"type":"ping"}', undefined, '/id'],
    ['{"type":"ping","id":null}', undefined, '/id'],
    ['{"type":"ping","id":1.5}', undefined, '/id'],
    ['{"type":"ping","id":1e300}', undefined, '/id'],
    ['{"type":"ping","id":{"a":1}}', undefined, '/id'],
    [`{"type":"ping","id":"${'x'.repeat(65)}"}`, undefined, '/id'],
    ['{"type":"ping","id":1,"more":1}', '1', '/more'],
    ['{"type":"ping","id":1,"__proto__":{"a":1}}', '1', '/__proto__'],
    ['{"type":"auth","id":1}', '1', '/token'],
    ['{"type":"auth","id":1,"token":7}', '1', '/token'],
    ['{"type":"subscribe","id":"s"}', '"s"', '/saleId'],
    ['{"type":"unsubscribe","id":"s","saleId":null}', '"s"', '/saleId'],
    ['{"type":"purchase","id":1,"saleId":"s","idempotencyKey":7}', '1', '/idempotencyKey'],
    ...['0', '-1', '1.5', '"2"', '21', 'null', '1e9', '[2]'].map(
      (quantity) => [`{"type":"purchase","id":1,"saleId":"s","quantity":${quantity}}`, '1', '/quantity'] as const,
    ),
  ])('is invalid: %s', (text, id, path) => {
    expect(refusal(text)).toMatchObject({
      id,
      status: 422,
      problem: { code: 'invalid', instance: 'r', errors: [{ in: 'body', path }] },
    });
  });

  it('has its id returned unchanged, whatever it contains', () => {
    const id = '"\u2028\ud800</script>';
    const read = readFrame(JSON.stringify({ type: 'ping', id }));
    expect(read.id).toBe(JSON.stringify(id));
    expect(read).toMatchObject({ ok: true, frame: { id } });
  });

  it('is read however deeply it is nested', () => {
    const depth = 8000;
    expect(refusal(`{"type":"ping","id":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toMatchObject({
      status: 422,
    });
  });
});
