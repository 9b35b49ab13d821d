import { MongoNetworkError, MongoNetworkTimeoutError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import { faultOf } from './faults.ts';

describe('a fault of MongoDB', () => {
  it.each([
    ['a late answer', new MongoNetworkTimeoutError('connection 1 to 127.0.0.1:1 timed out'), 'timeout'],
    ['a call that took too long', new MongoServerError({ message: 'MaxTimeMSExpired', code: 50 }), 'timeout'],
    ['a cut connection', new MongoNetworkError('connection 1 closed'), 'unavailable'],
    [
      'no server',
      new MongoServerSelectionError('Server selection timed out after 2000 ms', {} as never),
      'unavailable',
    ],
    ['a refused login', new MongoServerError({ message: 'Authentication failed.', code: 18 }), 'unavailable'],
  ])('from %s', (_, error, code) => {
    expect(faultOf(error)).toMatchObject({ code, retryable: true, cause: error });
  });

  it('is returned unchanged if it is one already', () => {
    const fault = new Fault('unavailable', 'another writer');
    expect(faultOf(fault)).toBe(fault);
  });
});
