import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chromiumFor } from './chromium.mjs';

const ASKING = ['const program = process.env.TEST_CHROMIUM;'];

afterEach(() => vi.unstubAllEnvs());

describe('the browser for the tests', () => {
  it('is searched for only when a test names its variable and the environment does not set it', async () => {
    const nothing = { env: {}, problems: [] };
    expect(await chromiumFor(['nothing of that kind'], {})).toEqual(nothing);
    expect(await chromiumFor(ASKING, { TEST_CHROMIUM: '/opt/my-chromium' })).toEqual(nothing);
  });

  it('is found on the PATH by any of its names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'floodgate-path-'));
    try {
      const program = join(folder, 'chromium-browser');
      writeFileSync(program, '');
      chmodSync(program, 0o755);
      vi.stubEnv('PATH', folder);
      expect(await chromiumFor(ASKING, {})).toEqual({ env: { TEST_CHROMIUM: program }, problems: [] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
