import { describe, expect, it } from 'vitest';
import { Fault, type FaultCode, isFault, messageOf } from './errors.ts';

describe('a fault', () => {
  it.each<[FaultCode, boolean]>([
    ['unavailable', true],
    ['timeout', true],
    ['full', true],
    ['fenced', false],
    ['corrupt', false],
    ['config', false],
  ])('%s is retryable: %s', (code, retryable) => {
    expect(new Fault(code, 'made up').retryable).toBe(retryable);
  });

  it('is an error with a message and its cause', () => {
    const cause = new Error('socket hang up');
    const fault = new Fault('unavailable', 'queue is unavailable', { cause });
    expect(fault).toBeInstanceOf(Error);
    expect([fault.name, fault.message, fault.cause, fault.code]).toEqual([
      'Fault',
      'queue is unavailable',
      cause,
      'unavailable',
    ]);
  });

  it('is distinguished from other errors, and by its code', () => {
    const fault = new Fault('full', 'made up');
    expect([isFault(fault), isFault(fault, 'full'), isFault(fault, 'timeout')]).toEqual([true, true, false]);
    expect([isFault(new Error('full')), isFault({ code: 'full' }), isFault(undefined)]).toEqual([false, false, false]);
  });
});

describe('messageOf', () => {
  it('is the text of any thrown value', () => {
    expect([messageOf(new Error('down')), messageOf('text'), messageOf(undefined)]).toEqual([
      'down',
      'text',
      'undefined',
    ]);
  });
});
