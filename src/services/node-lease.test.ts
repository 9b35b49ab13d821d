import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryLeases } from '../../test/support/fakes/memory-leases.ts';
import { MemoryNodeMarks } from '../../test/support/fakes/memory-node-marks.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { SkewedClock } from '../../test/support/fakes/skewed-clock.ts';
import { newOrder } from '../../test/support/orders.ts';
import { Fault } from '../domain/errors.ts';
import { timeOfOrderId } from '../domain/ids.ts';
import { NodeLease, type NodeLeaseOptions, type NodeLeasePorts, nodeLeaseDefaults } from './node-lease.ts';

const MINUTE = 60_000;
const TTL = 15 * MINUTE;

let clock: ManualClock;
let leases: MemoryLeases;
let nodeMarks: MemoryNodeMarks;
let store: MemoryOrderStore;
let made = 0;

/** Another process on the same database. */
function process(options: Partial<NodeLeaseOptions> = {}, ports: Partial<NodeLeasePorts> = {}): NodeLease {
  made += 1;
  return new NodeLease(
    { leases, nodeMarks, store, clock, ...ports },
    { holder: `process-${made}`, ttlMs: TTL, numbers: 2, random: () => 0, ...options },
  );
}

beforeEach(() => {
  clock = new ManualClock();
  leases = new MemoryLeases(clock.now);
  nodeMarks = new MemoryNodeMarks();
  store = new MemoryOrderStore();
});

describe('a process', () => {
  it('makes no id before it has a number, and none after it has released it', async () => {
    const lease = process();
    expect(lease.newId).toThrow(Fault);
    expect(lease.number).toBeUndefined();
    await lease.renew();
    expect(timeOfOrderId(lease.newId())).toBe(clock.now());
    expect(lease.number).toBe(0);
    await lease.release();
    expect(lease.newId).toThrow(Fault);
    expect(await leases.held('node:', nodeLeaseDefaults.ttlMs)).toEqual([]);
  });

  it('never holds the number of another one', async () => {
    const [one, other, third] = [process(), process(), process()];
    await one.renew();
    await other.renew();
    expect([one.number, other.number]).toEqual([0, 1]);
    await expect(third.renew()).rejects.toMatchObject({ code: 'unavailable' });
    await one.release();
    await third.renew();
    expect(third.number).toBe(0);
  });

  it('tries another number when another process is quicker', async () => {
    const [one, other] = [process(), process({}, { leases: { ...plainLeases(), held: async () => [] } })];
    await one.renew();
    await other.renew();
    expect(other.number).toBe(1);
  });

  it('picks its number at random from all that are free', async () => {
    const last = process({ numbers: 1024, random: () => 1 - Number.EPSILON });
    await last.renew();
    expect(last.number).toBe(1023);
  });

  it('keeps its number for as long as it renews it', async () => {
    const lease = process();
    for (let minute = 0; minute < 60; minute += 1) {
      await lease.renew();
      clock.advance(MINUTE);
      expect(timeOfOrderId(lease.newId())).toBe(clock.now());
    }
    expect(lease.number).toBe(0);
  });

  it('goes on while the database is unavailable, until its lease may be over', async () => {
    let isDown = false;
    const lease = process(
      {},
      { leases: { ...plainLeases(), acquire: (...args) => reach(() => leases.acquire(...args)) } },
    );
    const reach = <T>(call: () => Promise<T>) => (isDown ? Promise.reject(new Fault('unavailable', 'down')) : call());
    await lease.renew();
    isDown = true;
    clock.advance(TTL - 1);
    await expect(lease.renew()).rejects.toThrow('down');
    expect(lease.newId()).toBeDefined();
    clock.advance(1);
    expect(lease.newId).toThrow(Fault);
    expect(lease.number).toBeUndefined();
    isDown = false;
    await lease.renew();
    expect(lease.newId()).toBeDefined();
  });

  it('counts its lease from the request: an answer that comes too late grants nothing', async () => {
    const slow = {
      ...plainLeases(),
      acquire: async (...args: Parameters<MemoryLeases['acquire']>) => {
        const answer = await leases.acquire(...args);
        clock.advance(TTL);
        return answer;
      },
    };
    const lease = process({}, { leases: slow });
    await lease.renew();
    expect(lease.newId).toThrow(Fault);
  });

  it('refuses when it wakes after its lease, and takes a fresh number though the old one is free', async () => {
    const lease = process();
    await lease.renew();
    const last = lease.newId();
    clock.advance(TTL);
    expect(lease.newId).toThrow(Fault);
    await lease.renew();
    expect(lease.newId() > last).toBe(true);
  });

  it('refuses when it wakes after its lease, even if its clock was set back meanwhile', async () => {
    const skewed = new SkewedClock(clock);
    const lease = process({}, { clock: skewed });
    await lease.renew();
    clock.advance(TTL);
    skewed.offsetMs = -TTL;
    expect(lease.newId).toThrow(Fault);
  });

  it('refuses when its clock jumps beyond its mark, until it has renewed', async () => {
    const skewed = new SkewedClock(clock);
    const lease = process({}, { clock: skewed });
    await lease.renew();
    skewed.offsetMs = TTL;
    expect(lease.newId).toThrow(Fault);
    await lease.renew();
    expect(timeOfOrderId(lease.newId())).toBe(skewed.now());
  });

  it('abandons a number that another process got, although it still trusted its lease', async () => {
    const lease = process();
    await lease.renew();
    await leases.release('node:0', `process-${made}`);
    await leases.acquire('node:0', 'another process', TTL);
    await lease.renew();
    expect(lease.number).toBe(1);
  });
});

describe('the next holder of a number', () => {
  it('begins after all that the last one may have used, though its clock is an hour behind', async () => {
    const first = process({ numbers: 1 });
    await first.renew();
    clock.advance(TTL - 1);
    const last = first.newId();
    await first.release();
    const skewed = new SkewedClock(clock);
    skewed.offsetMs = -60 * MINUTE;
    const next = process({ numbers: 1 }, { clock: skewed });
    await next.renew();
    expect(next.newId() > last).toBe(true);
  });

  it('skips a number whose mark is ahead of its clock, and releases it', async () => {
    const first = process();
    await first.renew();
    await first.release();
    const next = process();
    await next.renew();
    expect(next.number).toBe(1);
    expect(timeOfOrderId(next.newId())).toBe(clock.now());
    expect(await leases.held('node:', nodeLeaseDefaults.ttlMs)).toEqual(['node:1']);
  });

  it('begins after the newest order, so that ids sort by time', async () => {
    const { order } = newOrder({ saleId: 's', tickets: [1], id: '2NZZZZZZZ00000' });
    await store.store({ group: 'g', positions: [], orders: [{ order, key: 'k:1' }] });
    const lease = process();
    await lease.renew();
    expect(lease.newId() > order.id).toBe(true);
  });
});

/** The leases as plain functions, to be replaced one by one. */
function plainLeases(): NodeLeasePorts['leases'] {
  return {
    acquire: (...args) => leases.acquire(...args),
    release: (...args) => leases.release(...args),
    held: (...args) => leases.held(...args),
  };
}
