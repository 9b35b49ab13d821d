import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { MemoryLeases } from '../../../test/support/fakes/memory-leases.ts';
import { MemoryNodeMarks } from '../../../test/support/fakes/memory-node-marks.ts';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { systemRuntime } from '../../../test/support/system-runtime.ts';
import { Fault } from '../../domain/errors.ts';
import { nodeLeaseDefaults } from '../../services/node-lease.ts';
import { keepNodeNumber } from './node-number.ts';

const TTL = 15 * 60_000;
const SILENT = { nodeNumberMissing: () => undefined, nodeNumberNotReleased: () => undefined };

/** A database that can be unavailable, and a process that uses it. */
function installation() {
  const clock = new ManualClock();
  const leases = new MemoryLeases(clock.now);
  const state = { down: false };
  const reach = <T>(call: () => Promise<T>) =>
    state.down ? Promise.reject(new Fault('unavailable', 'unreachable')) : call();
  const ports = {
    leases: {
      acquire: (name: string, holder: string, ttlMs: number) => reach(() => leases.acquire(name, holder, ttlMs)),
      release: (name: string, holder: string) => reach(() => leases.release(name, holder)),
      held: (prefix: string, ttlMs: number) => reach(() => leases.held(prefix, ttlMs)),
    },
    nodeMarks: new MemoryNodeMarks(),
    store: new MemoryOrderStore(),
    clock,
  };
  return { clock, leases, state, start: () => keepNodeNumber(ports, systemRuntime, SILENT) };
}

describe('the node number of a process', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is acquired when the process starts, and released when it stops', async () => {
    const { leases, start } = installation();
    const starting = start();
    await vi.advanceTimersByTimeAsync(0);
    const node = await starting;
    expect(node.ready()).toBe(true);
    expect(node.newId()).not.toBe(node.newId());
    expect(await leases.held('node:', nodeLeaseDefaults.ttlMs)).toHaveLength(1);
    await node.stop();
    expect(await leases.held('node:', nodeLeaseDefaults.ttlMs)).toEqual([]);
    expect(node.newId).toThrow(Fault);
  });

  it('does not keep a process without one from starting: ids are refused until it is acquired', async () => {
    const { state, start } = installation();
    state.down = true;
    const starting = start();
    await vi.advanceTimersByTimeAsync(0);
    const node = await starting;
    expect(node.ready()).toBe(false);
    expect(node.newId).toThrow(Fault);
    state.down = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(node.ready()).toBe(true);
    await node.stop();
  });

  it('is renewed each minute', async () => {
    const { clock, start } = installation();
    const starting = start();
    await vi.advanceTimersByTimeAsync(0);
    const node = await starting;
    for (let minute = 0; minute < 20; minute += 1) {
      clock.advance(60_000);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(node.newId()).toBeDefined();
    }
    await node.stop();
  });

  it('is renewed at once when the process notices that it was suspended past its end', async () => {
    const { clock, start } = installation();
    const starting = start();
    await vi.advanceTimersByTimeAsync(0);
    const node = await starting;
    clock.advance(TTL);
    expect(node.newId).toThrow(Fault);
    await vi.advanceTimersByTimeAsync(0);
    expect(node.newId()).toBeDefined();
    await node.stop();
  });

  it('lets a process stop while its database is unavailable', async () => {
    const { state, start } = installation();
    const starting = start();
    await vi.advanceTimersByTimeAsync(0);
    const node = await starting;
    state.down = true;
    await expect(node.stop()).resolves.toBeUndefined();
  });
});
