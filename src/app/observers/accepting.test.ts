import { expect, it } from 'vitest';
import { observeAccepting } from './accepting.ts';

function rig() {
  const lines: (readonly [string, unknown])[] = [];
  const gauge: boolean[] = [];
  const time = { ms: 0 };
  const { onAccepting, notAccepting } = observeAccepting(
    {
      log: {
        error: (about: unknown) => void lines.push(['error', about]),
        info: (line: unknown) => void lines.push(['info', line]),
      },
      metrics: { accepting: (accepting) => gauge.push(accepting) },
    },
    () => time.ms,
  );
  return { lines, gauge, time, onAccepting, notAccepting };
}

const REASON = 'no file descriptors are left for connections';
const PAUSED = ['error', { limit: 256, reason: REASON }];
const RESUMED = ['info', 'connections are accepted again'];

it('says once that no connections are accepted, and that they are again', () => {
  const { lines, gauge, onAccepting, notAccepting } = rig();
  expect(notAccepting()).toBeUndefined();
  onAccepting({ accepting: false, limit: 256 });
  expect(notAccepting()).toBe(REASON);
  onAccepting({ accepting: true, limit: 256 });
  expect(notAccepting()).toBeUndefined();
  expect(lines).toEqual([PAUSED, RESUMED]);
  expect(gauge).toEqual([false, true]);
});

it('says so once a minute when clients fill the process again and again', () => {
  const { lines, time, onAccepting, notAccepting } = rig();
  for (let second = 0; second < 120; second += 2) {
    time.ms = second * 1000;
    onAccepting({ accepting: false, limit: 256 });
    onAccepting({ accepting: false, limit: 256, because: 'port 80 is in use by another process' });
    expect(notAccepting()).toContain('port 80');
    onAccepting({ accepting: true, limit: 256 });
  }
  expect(lines).toEqual([PAUSED, RESUMED, PAUSED, RESUMED]);
});
