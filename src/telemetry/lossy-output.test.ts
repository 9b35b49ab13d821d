import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../test/support/temp-folder.ts';
import { openLossyOutput } from './lossy-output.ts';
import { createMetrics } from './metrics.ts';

describe('an output that may lose lines', () => {
  it('writes each line before it returns', () => {
    const folder = tempFolder();
    const file = join(folder.path, 'log');
    const fd = openSync(file, 'w');
    const output = openLossyOutput(fd);
    output.write('one\n');
    output.write('two\n');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(output.dropped()).toBe(0);
    closeSync(fd);
    folder.remove();
  });

  it.skipIf(!existsSync('/dev/full'))('drops and counts lines that a full disk does not take', async () => {
    const fd = openSync('/dev/full', 'w');
    const output = openLossyOutput(fd);
    output.write('one\n');
    output.write('two\n');
    const metrics = createMetrics({ process: false });
    metrics.sampleLogDrops(output.dropped);
    expect((await metrics.expose()).body).toContain('floodgate_log_lines_dropped_total 2');
    closeSync(fd);
  });

  it('does not wait for a pipe that nobody reads, and keeps what fits', () => {
    const folder = tempFolder();
    const path = join(folder.path, 'pipe');
    execFileSync('mkfifo', [path]);
    const fd = openSync(path, 'r+');
    const output = openLossyOutput(fd);
    const line = `${'x'.repeat(1023)}\n`;
    for (let n = 0; n < 4096; n += 1) output.write(line);
    expect(output.dropped()).toBeGreaterThan(2048);
    expect(output.dropped()).toBeLessThan(4096);
    const read = Buffer.alloc(2048);
    expect(readSync(fd, read)).toBe(2048);
    expect(read.toString()).toBe(line + line);
    folder.remove();
  });
});
