import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat } from './heartbeat.ts';
import { ServerClock } from './server-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig() {
  const pings: number[] = [];
  const onSilence = vi.fn();
  const clock = new ServerClock(() => performance.now());
  const heartbeat = new Heartbeat({ clock, onSilence, sendPing: () => pings.push(Date.now()) });
  return { pings, onSilence, clock, heartbeat };
}

describe('the heartbeat', () => {
  it('pings several times at first, to measure the clock, and then regularly', () => {
    const { pings, heartbeat } = rig();
    const start = Date.now();
    heartbeat.start();
    vi.advanceTimersByTime(2_500);
    expect(pings.map((at) => at - start)).toEqual([0, 200, 500, 1_000, 2_000]);
    vi.advanceTimersByTime(20_000);
    expect(pings.slice(5).map((at) => at - start)).toEqual([10_000, 20_000]);
  });

  it('reports a server that is silent after a ping', () => {
    const { onSilence, heartbeat } = rig();
    heartbeat.start();
    vi.advanceTimersByTime(4_999);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  it('accepts any frame as proof of life, and expects none once it is stopped', () => {
    const { onSilence, heartbeat } = rig();
    heartbeat.start();
    vi.advanceTimersByTime(4_999);
    heartbeat.frameReceived();
    vi.advanceTimersByTime(4_999);
    expect(onSilence).not.toHaveBeenCalled();
    heartbeat.ping();
    heartbeat.stop();
    vi.advanceTimersByTime(60_000);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it('sets the clock only by answers to its own pings', () => {
    const { clock, heartbeat } = rig();
    heartbeat.start();
    vi.advanceTimersByTime(0);
    heartbeat.pong(7, '2030-01-01T00:00:00.000Z');
    expect(clock.now()).toBeUndefined();
    heartbeat.pong(1, '2030-01-01T00:00:00.000Z');
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1));
    heartbeat.pong(1, '2040-01-01T00:00:00.000Z');
    expect(clock.now()).toBe(Date.UTC(2030, 0, 1));
  });
});
