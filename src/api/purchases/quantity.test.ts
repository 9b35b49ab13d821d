import { describe, expect, it } from 'vitest';
import { quantityOf } from './quantity.ts';

const read = (body: string, contentType = 'application/json') =>
  quantityOf({ body: Buffer.from(body), contentType, requestId: 'r' } as never);

const refusal = (body: string, contentType?: string) => {
  const answer = read(body, contentType);
  return answer.ok ? undefined : { status: answer.answer.status, ...JSON.parse(answer.answer.body) };
};

describe('the quantity of a purchase', () => {
  it.each([
    ['', 1],
    ['{}', 1],
    [' {} ', 1],
    ['{"quantity":1}', 1],
    ['{"quantity":20}', 20],
    ['{ "quantity" : 2.0 }', 2],
  ])('of the body %j is %i', (body, quantity) => {
    expect(read(body)).toEqual({ ok: true, value: quantity });
  });

  it.each(['0', '-1', '1.5', '"2"', '21', 'null', 'true', '[1]', '{}', '1e400', '10000000'])(
    'may not be %s',
    (value) => {
      expect(refusal(`{"quantity":${value}}`)).toMatchObject({
        status: 422,
        code: 'invalid',
        errors: [{ in: 'body', path: '/quantity' }],
      });
    },
  );

  it.each([
    ['{"quantity":2,"more":1}', 422],
    ['{"Quantity":2}', 422],
    ['[]', 422],
    ['{"quantity":2', 400],
    ['quantity=2', 400],
  ])('is not read from %s', (body, status) => {
    expect(refusal(body)).toMatchObject({ status });
  });

  it('is read from JSON only', () => {
    expect(refusal('{"quantity":2}', 'text/plain')).toMatchObject({ status: 415 });
  });
});
