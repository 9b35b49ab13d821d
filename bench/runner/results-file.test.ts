import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBaseline } from './results-file.ts';
import { aResult } from './sample-result.ts';
import { UsageError } from './usage-error.ts';

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
  it('reads what there is to compare with', async () => {
    expect((await readBaseline(await fileOf(JSON.stringify({ results: [aResult()] })))).results).toHaveLength(1);
  });

  it('says in one line that there is no such file', async () => {
    const reading = readBaseline(join(folder, 'missing.json'));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/^--compare: .*missing\.json.*$/);
  });

  it.each([
    ['{\n"a"\n', 'is not JSON'],
    ['{}', 'has no results'],
    ['null', 'has no results'],
    ['{"results":[]}', 'has no results'],
  ])('says in one line of %j that it %s', async (text, what) => {
    const file = await fileOf(text);
    const reading = readBaseline(file);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(`--compare: ${file} ${what}`);
    await expect(reading).rejects.toThrow(/^.+$/);
  });
});
