import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

/** Compressed script that a phone on a slow network can load. */
const SCRIPT_BYTES = 40_000;

let workspace: Workspace;
let server: FloodgateProcess;
let index: Response;
let html: string;

beforeAll(async () => {
  workspace = await createWorkspace();
  server = await startFloodgate(workspace.env);
  index = await get('/');
  html = await index.text();
});

afterAll(async () => {
  await server.kill('SIGTERM');
  await workspace.remove();
});

function get(path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`);
}

function assets(): readonly string[] {
  return [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path as string);
}

describe('the page’s files', () => {
  it('are the page, revalidated each time and with a strict policy, and assets that are cached', async () => {
    expect(index.status).toBe(200);
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(index.headers.get('cache-control')).toBe('no-cache');
    expect(index.headers.get('etag')).toBeTruthy();
    expect(index.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(assets().length).toBeGreaterThanOrEqual(2);
    for (const path of assets()) {
      const asset = await get(path);
      expect(asset.status).toBe(200);
      expect(asset.headers.get('content-type')).toMatch(path.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
      expect(asset.headers.get('cache-control')).toContain('immutable');
    }
  });

  it('have nothing inline that the policy forbids, and name no other host', () => {
    expect(html).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });

  it('have less than 40 kB of script, compressed', async () => {
    const scripts = await Promise.all(
      assets()
        .filter((path) => path.endsWith('.js'))
        .map(async (path) => new Uint8Array(await (await get(path)).arrayBuffer())),
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.reduce((sum, script) => sum + gzipSync(script).length, 0)).toBeLessThan(SCRIPT_BYTES);
  });
});
