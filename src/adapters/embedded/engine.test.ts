import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUILT_WORKER } from '../../../test/contract/embedded-file.ts';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import { withoutWal } from '../../../test/support/without-wal.ts';
import type { Fault } from '../../domain/errors.ts';
import { connect } from './database.ts';
import { type Engine, openEngine } from './engine.ts';

describe.each([
  ['in the thread of its caller', false],
  ['in its own thread', BUILT_WORKER],
] as const)('the engine %s', (_, thread) => {
  let folder: TempFolder;
  let file: string;
  const open: Engine[] = [];

  const start = async (): Promise<Engine> => {
    const engine = await openEngine({ file, thread });
    open.push(engine);
    return engine;
  };

  beforeEach(async () => {
    folder = await tempFolder();
    file = join(folder.path, 'test.db');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((engine) => engine.close()));
    await folder.remove();
  });

  it('answers calls in the order in which they were made', async () => {
    const engine = await start();
    const answered: number[] = [];
    await Promise.all(
      Array.from({ length: 150 }, (_, i) => engine.call('log.append', `${i}`).then(() => answered.push(i))),
    );
    const records = await engine.call('log.read', { from: 0, max: 1_000 });

    expect(answered).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(records.map(({ payload }) => payload)).toEqual(answered.map(String));
  });

  it('answers calls that were made before it closes, and none after', async () => {
    const engine = await start();
    const last = engine.call('log.append', 'last');
    await engine.close();

    await expect(last).resolves.toBe(1);
    await expect(engine.call('ping', null)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(engine.close()).resolves.toBeUndefined();
  });

  it('checkpoints by itself, soon after a commit', async () => {
    const engine = await start();
    await engine.call('log.append', 'checkpointed');
    const checkpointed = () => withoutWal(file, (alone) => alone.get('SELECT payload FROM log'));
    await vi.waitFor(() => expect(checkpointed()).toMatchObject({ payload: 'checkpointed' }), { timeout: 10_000 });
  });

  it('has all that it answered in the reopened file', async () => {
    const engine = await start();
    await Promise.all(['a', 'b', 'c'].map((text) => engine.call('log.append', text)));
    await engine.close();
    const again = await start();

    expect((await again.call('log.read', { from: 0, max: 9 })).map(({ payload }) => payload)).toEqual(['a', 'b', 'c']);
  });

  it('lets two engines write one file', async () => {
    const engines = [await start(), await start()];
    await Promise.all(Array.from({ length: 60 }, (_, i) => (engines[i % 2] as Engine).call('log.append', `${i}`)));

    expect(await (engines[0] as Engine).call('log.lag', 'another group')).toBe(60);
  });

  it('rejects with the fault of its op, including the code', async () => {
    const engine = await start();
    await engine.call('queue.load', { id: 's', epoch: 1, total: 9, perBuyerLimit: 9, opensAt: 0, closesAt: 9 });
    const item = { orderId: 'same', userId: 'u', key: 'k:1', fingerprint: 'f', quantity: 1 };
    const call = { saleId: 's', epoch: 1, now: 5, items: [item, { ...item, key: 'k:2' }], maxAttempts: 0 };

    await expect(engine.call('queue.reserve', call)).rejects.toMatchObject({ name: 'Fault', code: 'corrupt' });
    expect(await engine.call('queue.stock', 's')).toMatchObject({ remaining: 9 });
  });

  it('names the file that it cannot open', async () => {
    file = join(folder.path, 'no such folder', 'test.db');

    await expect(start()).rejects.toMatchObject({ code: 'config', message: expect.stringContaining(file) });
  });

  it('refuses a file of a later release', async () => {
    const later = connect(file);
    later.run('PRAGMA user_version = 999');
    later.close();

    await expect(start()).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('999') });
  });
});

describe('an engine whose thread breaks', () => {
  let folder: TempFolder;

  beforeEach(() => {
    folder = tempFolder();
  });
  afterEach(() => folder.remove());

  /** A thread that opens, and breaks at the first calls. */
  const breaking = (how: string): URL => {
    const script = join(folder.path, 'thread.mjs');
    writeFileSync(
      script,
      `import { parentPort } from 'node:worker_threads';
parentPort.on('message', () => { ${how} });
parentPort.postMessage({ kind: 'open' });`,
    );
    return pathToFileURL(script);
  };

  it.each([
    ['throws', "throw new Error('boom')", /^the database thread failed: boom$/],
    ['rejects', "void Promise.reject(new Error('boom'))", /^the database thread failed: boom$/],
    ['exits', 'process.exit(0)', /^the database thread has exited$/],
    ['closes its port', 'parentPort.close()', /^the database thread has exited$/],
  ])('because it %s reports it once, and rejects every call', async (_, how, message) => {
    const broken: Fault[] = [];
    const file = join(folder.path, 'test.db');
    const engine = await openEngine({ file, thread: breaking(how), onBroken: (fault) => broken.push(fault) });
    const refusal = { code: 'unavailable', message: expect.stringMatching(message) };

    await expect(engine.call('ping', null)).rejects.toMatchObject(refusal);
    await expect(engine.call('ping', null)).rejects.toMatchObject(refusal);
    await engine.close();
    expect(broken).toEqual([expect.objectContaining(refusal)]);
  });

  it('is not one that was closed', async () => {
    const onBroken = vi.fn();
    const engine = await openEngine({ file: join(folder.path, 'test.db'), thread: BUILT_WORKER, onBroken });
    await engine.close();
    expect(onBroken).not.toHaveBeenCalled();
  });
});

it('rejects if its thread cannot start', async () => {
  const folder = await tempFolder();
  const thread = new URL('no-such-worker.js', import.meta.url);

  await expect(openEngine({ file: join(folder.path, 'test.db'), thread })).rejects.toMatchObject({ code: 'config' });
  await folder.remove();
});
