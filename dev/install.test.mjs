import { describe, expect, it } from 'vitest';
import { differenceOf } from './install.mjs';

const rxjs = { version: '7.8.2', integrity: 'sha512-a' };
const fsevents = { version: '2.3.3', integrity: 'sha512-b', optional: true };

describe('differenceOf', () => {
  it('finds no difference when the packages are those of the lock file', () => {
    expect(differenceOf({ '': {}, 'node_modules/rxjs': rxjs }, { 'node_modules/rxjs': rxjs })).toBeUndefined();
  });

  it('accepts that an optional package is missing: it may be for another machine', () => {
    expect(differenceOf({ 'node_modules/fsevents': fsevents }, {})).toBeUndefined();
  });

  it('names a package that is missing', () => {
    expect(differenceOf({ 'node_modules/@scope/name': rxjs }, {})).toBe('@scope/name is missing');
  });

  it.each([{ version: '7.8.1' }, { integrity: 'sha512-c' }])('names a package that was installed as %j', (change) => {
    const installed = { 'node_modules/rxjs': { ...rxjs, ...change } };
    expect(differenceOf({ 'node_modules/rxjs': rxjs }, installed)).toBe('rxjs should be 7.8.2');
  });
});
