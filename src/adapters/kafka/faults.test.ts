import { describe, expect, it } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import { codeOf, faultOf } from './faults.ts';

describe('a fault of Kafka', () => {
  it.each([
    ['a full queue', { code: -184, message: 'Local: Queue full' }, 'full', true],
    ['a late record', { code: -192, message: 'Local: Message timed out' }, 'timeout', true],
    ['a late record, without a code', { code: -1, message: 'message timed out' }, 'timeout', true],
    ['a large record', { code: 10, message: 'Broker: Message size too large' }, 'corrupt', false],
    ['a large record, without a code', { code: -1, message: 'message size too large' }, 'corrupt', false],
    ['no connection', { code: -195, message: 'Local: Broker transport failure' }, 'unavailable', true],
    ['any other error', new Error('surprise'), 'unavailable', true],
  ])('from %s', (_, error, code, retryable) => {
    const fault = faultOf(error);
    expect(fault).toMatchObject({ code, retryable, cause: error });
    expect(fault.message).toBe(`Kafka: ${error.message}`);
  });

  it('is returned unchanged if it is one already', () => {
    const fault = new Fault('full', 'no room');
    expect(faultOf(fault)).toBe(fault);
  });

  it('has the code of the client, if there is one', () => {
    expect(codeOf({ code: 36 })).toBe(36);
    expect(codeOf({ code: 'ECONNREFUSED' })).toBe(-1);
    expect(codeOf(undefined)).toBe(-1);
  });
});
