import { describe, expect, it } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import { createLog } from '../../telemetry/log.ts';
import { logOutage } from './log-outage.ts';

function rig() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: 'info', to: { write: (line) => lines.push(JSON.parse(line)) } });
  const clock = { now: 0 };
  return { lines, clock, outage: logOutage(log, 'it failed', () => clock.now) };
}

const fault = new Fault('unavailable', 'the disk is full');

describe('the log of an outage', () => {
  it('has one line with the reason, and at the end the count of the other failures', () => {
    const { lines, clock, outage } = rig();
    for (clock.now = 0; clock.now < 8_000; clock.now += 1) outage.failed(fault, { saleId: 's' }, 2);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'it failed', saleId: 's', err: { code: 'unavailable' } }]);
    clock.now = 13_001;
    outage.succeeded();
    outage.succeeded();
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ level: 'info', msg: 'it failed: over', failed: 15_998, forMs: 7_999 });
  });

  it('has a line each minute while it lasts', () => {
    const { lines, clock, outage } = rig();
    for (clock.now = 0; clock.now <= 150_000; clock.now += 1_000) outage.failed(fault, {});
    expect(lines.map(({ failed }) => failed)).toEqual([undefined, 60, 60]);
  });

  it('takes calls that succeed in between for a part of it', () => {
    const { lines, clock, outage } = rig();
    for (clock.now = 0; clock.now < 10_000; clock.now += 10) {
      outage.failed(fault, {});
      outage.succeeded();
    }
    expect(lines).toHaveLength(1);
  });

  it('begins again after a pause, also without a call that succeeds', () => {
    const { lines, clock, outage } = rig();
    outage.failed(fault, {});
    outage.failed(fault, {});
    clock.now = 5_001;
    outage.failed(fault, { again: true });
    expect(lines.map(({ msg }) => msg)).toEqual(['it failed', 'it failed: over', 'it failed']);
    expect(lines[2]).toMatchObject({ again: true });
  });

  it('says nothing of an end if there was one failure only', () => {
    const { lines, clock, outage } = rig();
    outage.failed(fault, {});
    clock.now = 60_000;
    outage.succeeded();
    expect(lines).toHaveLength(1);
  });
});
