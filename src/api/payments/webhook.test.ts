import { describe, expect, it } from 'vitest';
import { routesWith } from '../../../test/support/route-caller.ts';
import { Fault } from '../../domain/errors.ts';

const PATTERN = '/v1/webhooks/payments';
const event = { signature: 't=1,v1=aa', body: Buffer.from('{"id":"evt_1"}') };

describe('the payment webhook', () => {
  it('passes signature and body on unchanged, requires no token, and acknowledges the event', async () => {
    const received: unknown[] = [];
    const call = routesWith({
      payments: {
        receive: async (...args) => {
          received.push(args);
          return 'received';
        },
      },
    });
    expect(await call('POST', PATTERN, event)).toMatchObject({ status: 200, body: '{"received":true}' });
    expect(received).toEqual([[event.signature, event.body]]);
  });

  it.each([
    ['signature', 401, 'unauthenticated'],
    ['timestamp', 401, 'unauthenticated'],
    ['body', 400, 'malformed'],
    ['unknownOrder', 503, 'unavailable'],
  ] as const)('answers an event refused for its %s with %d %s', async (refusal, status, code) => {
    const call = routesWith({ payments: { receive: async () => refusal } });
    const answer = await call('POST', PATTERN, event);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Floodgate-Signature' : undefined);
  });

  it('answers 503 when the event could not be recorded, so that it is sent again', async () => {
    const faults: unknown[] = [];
    const call = routesWith({
      payments: { receive: () => Promise.reject(new Fault('unavailable', 'store is unavailable')) },
      onFault: (fault, requestId) => faults.push([fault.code, requestId]),
    });
    expect(await call('POST', PATTERN, event)).toMatchObject({ status: 503 });
    expect(faults).toEqual([['unavailable', 'req-1']]);
  });
});
