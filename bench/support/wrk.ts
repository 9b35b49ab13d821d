import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Load, LoadResult, WireRequest } from './http-load.ts';

/** What a machine without wrk needs. */
export const GET_WRK = 'apt-get install wrk (Debian, Ubuntu) or brew install wrk';

/** The version of the wrk in PATH; undefined without one. */
export function wrkVersion(path: string | undefined = process.env.PATH): string | undefined {
  // It prints its version with its usage, and exits with 1.
  const { stdout } = spawnSync('wrk', ['-v'], { encoding: 'utf8', env: { ...process.env, PATH: path } });
  return /^wrk (\S+)/.exec(stdout ?? '')?.[1];
}

/** One thread. wrk needs a quarter of autocannon's CPU, so on few cores its ceilings are the more accurate ones. */
export async function wrkLoad({ port, connections, seconds, requests }: Load): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
  try {
    const script = join(folder, 'requests.lua');
    await writeFile(script, luaOf(requests));
    const output = await outputOf('wrk', [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      `--script=${script}`,
      `http://127.0.0.1:${port}`,
    ]);
    const line = output.split('\n').find((text) => text.startsWith('RESULT '));
    if (line === undefined) throw new Error(`wrk printed no result:\n${output}`);
    return JSON.parse(line.slice('RESULT '.length)) as LoadResult;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function luaOf(requests: readonly WireRequest[]): string {
  const formatted = requests.map(({ method, path, headers, body }) => {
    const pairs = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`);
    const bodyText = body === undefined ? 'nil' : JSON.stringify(body);
    return `{${JSON.stringify(method)},${JSON.stringify(path)},{${pairs.join(',')}},${bodyText}}`;
  });
  return `
local specs = {${formatted.join(',\n')}}
local wire, n = {}, 0
function init(args)
  for i, s in ipairs(specs) do wire[i] = wrk.format(s[1], s[2], s[3], s[4]) end
end
function request()
  n = n % #wire + 1
  return wire[n]
end
function done(summary, latency, requests)
  local e = summary.errors
  print(string.format(
    'RESULT {"seconds":%f,"accepted":%d,"refused":%d,"broken":%d,"p50Ms":%f,"p90Ms":%f,"p99Ms":%f}',
    summary.duration / 1e6, summary.requests - e.status, e.status,
    e.connect + e.read + e.write + e.timeout, latency:percentile(50) / 1000, latency:percentile(90) / 1000,
    latency:percentile(99) / 1000))
end
`;
}

function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} exited with code ${code}`)),
    );
  });
}
