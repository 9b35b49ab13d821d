import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { Fault } from '../domain/errors.ts';
import { FairQueue } from './fair-queue.ts';

const OPTIONS = { concurrency: 3, perKey: 2, waitingPerKey: 5, waiting: 8 };

/** A queue whose tasks run until they are let go. */
function queueRig(options: Partial<typeof OPTIONS> = {}) {
  const queue = new FairQueue({ ...OPTIONS, ...options });
  const running: string[] = [];
  const gates = new Map<string, ReturnType<typeof deferred<void>>>();
  const run = (key: string, name: string) => {
    const gate = deferred();
    gates.set(name, gate);
    return queue.run(key, async () => {
      running.push(name);
      await gate.promise;
      running.splice(running.indexOf(name), 1);
      return name;
    });
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string) => {
    gates.get(name)?.resolve();
    await settle();
  };
  return { queue, run, running, end, settle, gates };
}

describe('a fair queue', () => {
  it('runs a few tasks of a key at once, and those of others beside them', async () => {
    const { run, running, end, settle } = queueRig();
    const all = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => run(name[0] as string, name));
    await settle();
    expect(running).toEqual(['a1', 'a2', 'b1']);
    await end('a1');
    expect(running).toEqual(['a2', 'b1', 'b2']);
    await end('b1');
    expect(running).toEqual(['a2', 'b2', 'a3']);
    for (const name of ['a2', 'a3', 'b2']) await end(name);
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  });

  it('lets keys take turns, however many tasks one has waiting', async () => {
    const { run, running, end, settle } = queueRig({ concurrency: 1 });
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1']) void run(name[0] as string, name);
    await settle();
    const order: string[] = [];
    while (running.length > 0) {
      order.push(running[0] as string);
      await end(running[0] as string);
    }
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'a3', 'a4']);
  });

  it.each([
    ['a key', { waitingPerKey: 1 }, 'a'],
    ['all keys', { waiting: 1 }, 'b'],
  ])('refuses a task when too many of %s are waiting', async (_, options, key) => {
    const { run, running, end, settle } = queueRig({ concurrency: 1, ...options });
    void run('a', 'a1');
    const second = run('a', 'a2');
    await expect(run(key, 'refused')).rejects.toMatchObject({ code: 'full' });
    await end('a1');
    await end('a2');
    expect(await second).toBe('a2');
    void run(key, 'again');
    await settle();
    expect(running).toEqual(['again']);
  });

  it('goes on after a task that fails', async () => {
    const { queue, run, running, settle } = queueRig({ concurrency: 1 });
    const fault = new Fault('unavailable', 'down');
    const failing = queue.run('a', async () => {
      throw fault;
    });
    void run('a', 'a2');
    await expect(failing).rejects.toBe(fault);
    await settle();
    expect(running).toEqual(['a2']);
  });
});
