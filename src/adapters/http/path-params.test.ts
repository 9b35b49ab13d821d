import { describe, expect, it } from 'vitest';
import { decodeParam, paramCountOf } from './path-params.ts';

describe('decodeParam', () => {
  it('decodes UTF-8, and is undefined for anything else', () => {
    expect(['demo', 'a%20b', '%C3%A9', '%2F', 'a+b'].map(decodeParam)).toEqual(['demo', 'a b', 'é', '/', 'a+b']);
    expect(['%', '%z0', '%ff', '%C3', 'a%E2%82'].map(decodeParam)).toEqual(Array(5).fill(undefined));
  });
});

describe('paramCountOf', () => {
  it('counts the colons that begin a segment', () => {
    expect(['/v1/time', '/v1/sales/:saleId', '/:a/b:c/:d'].map(paramCountOf)).toEqual([0, 1, 2]);
  });
});
