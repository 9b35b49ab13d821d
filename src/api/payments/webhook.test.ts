import { describe, expect, it } from 'vitest';
import { routesWith } from '../../../test/support/route-caller.ts';
import { Fault } from '../../domain/errors.ts';

const PATTERN = '/v1/webhooks/payments';
const message = { signature: 't=1,v1=aa', body: Buffer.from('{"id":"evt_1"}') };

describe('the payment webhook', () => {
  it('hands over signature and bytes as they came, needs no token, and says what needs not come again', async () => {
    const received: unknown[] = [];
    const call = routesWith({
      payments: {
        receive: async (...args) => {
          received.push(args);
          return 'received';
        },
      },
    });
    expect(await call('POST', PATTERN, message)).toMatchObject({ status: 200, body: '{"received":true}' });
    expect(received).toEqual([[message.signature, message.body]]);
  });

  it.each([
    ['signature', 401, 'unauthenticated'],
    ['timestamp', 401, 'unauthenticated'],
    ['body', 400, 'malformed'],
  ] as const)('answers a message refused for its %s by %d %s', async (refusal, status, code) => {
    const call = routesWith({ payments: { receive: async () => refusal } });
    const answer = await call('POST', PATTERN, message);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Floodgate-Signature' : undefined);
  });

  it('answers 503 when the message could not be recorded, so that it comes again', async () => {
    const told: unknown[] = [];
    const call = routesWith({
      payments: { receive: () => Promise.reject(new Fault('unavailable', 'store is away')) },
      onFault: (fault, requestId) => told.push([fault.code, requestId]),
    });
    expect(await call('POST', PATTERN, message)).toMatchObject({ status: 503 });
    expect(told).toEqual([['unavailable', 'req-1']]);
  });
});
