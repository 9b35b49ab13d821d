import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from './options.ts';
import { readBaseline } from './results-file.ts';
import { aResult } from './sample-result.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floodgate-results-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const file = join(folder, 'a.json');
  await writeFile(file, text);
  return file;
}

describe('readBaseline', () => {
  it('reads a results file', async () => {
    expect((await readBaseline(await fileOf(JSON.stringify({ results: [aResult()] })))).results).toHaveLength(1);
  });

  it('reports a missing file in one line', async () => {
    const reading = readBaseline(join(folder, 'missing.json'));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/^--compare: .*missing\.json.*$/);
  });

  it.each([
    ['{\n"a"\n', 'is not JSON'],
    ['{}', 'has no results'],
    ['null', 'has no results'],
    ['{"results":[]}', 'has no results'],
  ])('reports in one line that %j %s', async (text, what) => {
    const file = await fileOf(text);
    const reading = readBaseline(file);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(`--compare: ${file} ${what}`);
    await expect(reading).rejects.toThrow(/^.+$/);
  });
});
