import { describe, expect, it } from 'vitest';
import { cpuMsOf, diskFlushes } from './usage-meter.ts';

describe('cpuMsOf', () => {
  it('adds user and system time, whatever the name of the process', () => {
    const after = 'S 1 1 1 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 1 0 100';
    expect(cpuMsOf(`42 (node) ${after}`)).toBe(3000);
    expect(cpuMsOf(`42 (a) b 9) ${after}`)).toBe(3000);
  });

  it('is unknown for a process that has ended', () => {
    expect(cpuMsOf('')).toBeNaN();
  });
});

describe('diskFlushes', () => {
  it('adds up the flushes of all disks', () => {
    const line = (name: string, flushes: number) => ` 254 0 ${name} 1 2 3 4 5 6 7 8 0 9 10 11 12 13 14 ${flushes} 15`;
    expect(diskFlushes(`${line('vda', 500)}\n${line('vdb', 7)}\n`)).toBe(507);
  });

  it('is unknown where the system does not count them', () => {
    expect(diskFlushes(' 8 0 sda 1 2 3 4 5 6 7 8 0 9 10\n')).toBeUndefined();
  });
});
