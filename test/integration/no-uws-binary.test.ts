import { describe, expect, it } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { RawClient } from '../support/raw-http.ts';
import { createWorkspace } from '../support/workspace.ts';

describe('the program, where no binary of uWebSockets.js loads', () => {
  /** A module hook that makes this one import fail. */
  const hook = (name: string, message: string) => `export async function resolve(specifier, context, next) {
    if (specifier === '${name}') throw new Error('${message}');
    return next(specifier, context);
  }`;
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const hooks = asUrl(hook('uWebSockets.js', 'no binary'));
  const NODE_OPTIONS = `--import ${asUrl(`import { register } from 'node:module'; register(${JSON.stringify(hooks)});`)}`;

  it('serves by node:http, WebSockets too, and warns once with the reason', async () => {
    const workspace = await createWorkspace();
    const server = await startFloodgate({ ...workspace.env, NODE_OPTIONS });
    const client = await RawClient.open(server.port);
    await client.send('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await client.response())?.status).toBe(200);
    client.hangUp();
    const live = await LiveClient.open(server.port, '/v1/live');
    expect((await live.first(1))[0]).toContain('"type":"hello"');
    live.socket.terminate();
    expect(await server.kill('SIGTERM')).toBe(0);
    const warnings = server.lines.filter((line) => line.includes('"level":"warn"'));
    expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ reason: 'no binary', msg: expect.stringContaining('node:http') }),
    ]);
    await workspace.remove();
  });

  it('does not start when uWebSockets.js was asked for by name', async () => {
    const workspace = await createWorkspace();
    await expect(startFloodgate({ ...workspace.env, NODE_OPTIONS, FRONT: 'uws' })).rejects.toThrow(
      /ended with 1 .*FRONT=uws: uWebSockets\.js does not load: no binary/s,
    );
    await workspace.remove();
  });
});
