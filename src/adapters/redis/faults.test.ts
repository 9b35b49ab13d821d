import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import { faultOf } from './faults.ts';

const replyError = (message: string) => Object.assign(Object.create(ReplyError.prototype), { message }) as Error;

describe('faultOf', () => {
  it.each([
    ['NOSCRIPT No matching script.', 'fenced'],
    ['FENCED the sale', 'fenced'],
    ['CORRUPT order id A belongs to another purchase already', 'corrupt'],
    ['WRONGTYPE Operation against a key', 'corrupt'],
    ['NOAUTH Authentication required.', 'config'],
    ['CROSSSLOT Keys in request', 'config'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'unavailable'],
    ['LOADING Redis is loading the dataset in memory', 'unavailable'],
    ['READONLY You can not write against a read only replica.', 'unavailable'],
    ['NOREPLICAS Not enough good replicas to write.', 'unavailable'],
    ['CLUSTERDOWN The cluster is down', 'unavailable'],
  ])('maps the reply %j to %s', (message, code) => {
    expect(faultOf(replyError(message))).toMatchObject({ code });
  });

  it('maps any other error to unavailable, even if its text looks like a reply', () => {
    expect(faultOf(new Error('NOSCRIPT from a socket'))).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('returns a fault unchanged', () => {
    const fault = new Fault('timeout', 'late');
    expect(faultOf(fault)).toBe(fault);
  });
});
