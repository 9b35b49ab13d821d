import { describe, expect, it } from 'vitest';
import { serversFor } from './test-servers.mjs';

const sources = ["const url = process.env['TEST_REDIS_URL'];", "import { TEST_MYSQL_URL } from './x.ts';", ''];

describe('serversFor', () => {
  it('finds the servers whose variables the files name', () => {
    expect(serversFor(sources, {})).toEqual(['redis', 'mysql']);
  });

  it('leaves out a server that the environment sets already', () => {
    expect(serversFor(sources, { TEST_REDIS_URL: 'redis://elsewhere' })).toEqual(['mysql']);
  });

  it('needs no server for files that name none', () => {
    expect(serversFor(['REDIS_URL'], {})).toEqual([]);
  });
});
