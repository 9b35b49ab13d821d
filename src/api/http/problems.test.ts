import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, vi } from 'vitest';
import { constantProblem, problem } from './problem.ts';
import { ProblemSchema } from './problem-schema.ts';
import { kindOf, PROBLEM_CODES } from './problems.ts';

const isProblem = new Ajv2020({ formats: { uri: true, 'date-time': true } }).compile(ProblemSchema);

describe.each(PROBLEM_CODES.map((code) => [code]))('the problem %s', (code) => {
  it('matches the schema of RFC 9457, and contains the status of the answer', () => {
    const { status, contentType, body } = problem(code, 'req-1');
    const json = JSON.parse(body) as Record<string, unknown>;
    expect(contentType).toBe('application/problem+json');
    expect(isProblem(json)).toBe(true);
    expect(json).toMatchObject({ type: `urn:floodgate:problem:${code}`, status, code, instance: 'req-1' });
    expect(status).toBe(kindOf(code).status);
  });

  it('has Retry-After exactly when its status is 429 or 503', () => {
    const { status, headers } = problem(code, 'req-1');
    const retryAfter = headers.find(([name]) => name === 'retry-after')?.[1];
    if (status === 429 || status === 503) expect(retryAfter).toMatch(/^[1-9]\d*$/);
    else expect(retryAfter).toBeUndefined();
  });

  it('is the same when it was written in advance', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(constantProblem(code)('a:b.c-d')).toEqual(problem(code, 'a:b.c-d'));
    vi.restoreAllMocks();
  });
});

describe('a problem', () => {
  it('of overload spreads retries over 1 to 3 seconds, written in advance or not', () => {
    const prepared = constantProblem('overloaded');
    for (const render of [prepared, (id: string) => problem('overloaded', id)]) {
      const waits = Array.from({ length: 200 }, () => Object.fromEntries(render('r').headers)['retry-after']);
      expect(new Set(waits)).toEqual(new Set(['1', '2', '3']));
    }
  });

  it('contains the details of the case', () => {
    const errors = [{ in: 'query' as const, path: '/limit', message: 'must be <= 100' }];
    expect(JSON.parse(problem('invalid', 'r', { detail: 'no', errors }).body)).toMatchObject({ detail: 'no', errors });
  });
});
