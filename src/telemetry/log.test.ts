import { describe, expect, it } from 'vitest';
import { Fault } from '../domain/errors.ts';
import { createLog, type LogOptions } from './log.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

function capture(level: LogOptions['level'] = 'info') {
  const lines: string[] = [];
  const log = createLog({ level, fields: { role: 'front' }, to: { write: (line) => lines.push(line) } });
  const last = () => JSON.parse(lines.at(-1) ?? 'null');
  return { log, lines, last };
}

describe('the log', () => {
  it('writes one JSON object per line with RFC 3339 time, the level by name and the given fields', () => {
    const { log, lines, last } = capture();
    log.info({ port: 3000 }, 'listening');
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(last()).toMatchObject({ level: 'info', msg: 'listening', port: 3000, role: 'front', pid: process.pid });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('omits lines less severe than its level', () => {
    const { log, lines } = capture('warn');
    log.info('quiet');
    log.warn('loud');
    expect(lines).toHaveLength(1);
    expect(log.isLevelEnabled('info')).toBe(false);
  });

  it('writes nothing when it is silent', () => {
    const { log, lines } = capture('silent');
    log.fatal('dropped');
    expect(lines).toEqual([]);
  });

  it.each([
    ['a secret field', { authorization: `Bearer ${JWT}`, token: 'abc', jwtSecret: 'abc', password: 'abc' }],
    ['a secret field one level down', { headers: { authorization: `Bearer ${JWT}`, cookie: 'session=abc' } }],
    ['a header deep inside', { a: { b: { c: { header: `bearer ${JWT}` } } } }],
    ['a bare JWT', { query: `?access=${JWT}` }],
    ['an error that quotes a URL with a password', { err: new Error('connect redis://user:hunter2@host:6379') }],
    ['a URL with a password and no user', { url: 'redis://:hunter2@host' }],
  ])('hides %s', (_what, fields) => {
    const { log, lines } = capture();
    log.info(fields, 'line');
    expect(lines[0]).toContain('[hidden]');
    expect(lines[0]).not.toMatch(/eyJ|hunter2|"abc"|session=/);
    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
  });

  it('keeps URLs without a password as they are', () => {
    const { log, last } = capture();
    log.info({ url: 'http://localhost:3000/v1/time', at: 'user@host' }, 'line');
    expect(last()).toMatchObject({ url: 'http://localhost:3000/v1/time', at: 'user@host' });
  });

  it('writes an error with its message, stack and cause', () => {
    const { log, last } = capture();
    log.error({ err: new Fault('timeout', 'no answer', { cause: new Error('socket closed') }) }, 'reserve failed');
    expect(last().err).toMatchObject({ type: 'Fault', code: 'timeout', retryable: true });
    expect(last().err.message).toContain('socket closed');
    expect(last().err.stack).toContain('log.test.ts');
  });
});
