import { describe, expect, it } from 'vitest';
import type { ListenHttp } from '../../ports/http.ts';
import { chooseFront, type FrontLoaders } from './http-front.ts';

const uws: ListenHttp = () => Promise.reject(new Error('the uws front'));
const node: ListenHttp = () => Promise.reject(new Error('the node front'));
const HERE: FrontLoaders = { uws: async () => uws, node: async () => node };
const AWAY: FrontLoaders = { ...HERE, uws: () => Promise.reject(new Error('only Node 16\n\nno\tsuch file')) };

function logOf() {
  const lines: unknown[][] = [];
  return { lines, warn: (...line: unknown[]) => void lines.push(line) };
}

describe('chooseFront', () => {
  it('takes the configured front, and uWebSockets.js by default, without a warning', async () => {
    const log = logOf();
    expect(await chooseFront('auto', log, HERE)).toBe(uws);
    expect(await chooseFront('uws', log, HERE)).toBe(uws);
    expect(await chooseFront('node', log, AWAY)).toBe(node);
    expect(log.lines).toEqual([]);
  });

  it('takes node:http where uWebSockets.js does not load, with one line that gives the reason', async () => {
    const log = logOf();
    expect(await chooseFront('auto', log, AWAY)).toBe(node);
    expect(log.lines).toEqual([
      [{ reason: 'only Node 16 no such file' }, expect.stringContaining('uWebSockets.js does not load')],
    ]);
  });

  it('refuses to start without uWebSockets.js when it was requested by name', async () => {
    await expect(chooseFront('uws', logOf(), AWAY)).rejects.toMatchObject({
      code: 'config',
      message: 'FRONT=uws: uWebSockets.js does not load: only Node 16 no such file',
    });
  });
});
