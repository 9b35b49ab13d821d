import { describe, expect, it } from 'vitest';
import { durabilityWarnings } from './durability.ts';

const infoOf = (...lines: readonly string[]) =>
  `# Persistence\r\n${lines.join('\r\n')}\r\n# Replication\r\nrole:master\r\n`;
const FILE = expect.stringContaining('set appendonly yes');
const MINIMUM = expect.stringContaining('set min-replicas-to-write 1');

describe('the durability of Redis', () => {
  it.each([
    [['aof_enabled:1', 'connected_slaves:0'], []],
    [['aof_enabled:0', 'connected_slaves:0'], [FILE]],
    [['aof_enabled:1', 'connected_slaves:2'], [MINIMUM]],
    [['aof_enabled:1', 'connected_slaves:2', 'min_slaves_good_slaves:0'], []],
    [
      ['aof_enabled:0', 'connected_slaves:11'],
      [FILE, MINIMUM],
    ],
    // Of a service that hides its settings.
    [[], []],
  ])('%j', (lines, warnings) => {
    expect(durabilityWarnings(infoOf(...lines))).toEqual(warnings);
  });
});
