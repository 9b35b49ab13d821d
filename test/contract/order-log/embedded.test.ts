import Database from 'libsql';
import { createEmbeddedOrderLog } from '../../../src/adapters/embedded/order-log.ts';
import { BUILT_WORKER, openEmbeddedFile } from '../embedded-file.ts';
import { orderLogContract } from './suite.ts';

for (const [name, thread] of [
  ['the embedded log in this thread', false],
  ['the embedded log in a thread of its own', BUILT_WORKER],
] as const) {
  orderLogContract(name, async () => {
    const { engine, file, reopen, close } = await openEmbeddedFile(thread);
    const stranger = new Database(file);
    return {
      log: createEmbeddedOrderLog(engine),
      reopen: async () => createEmbeddedOrderLog(await reopen()),
      appendRaw: async (bytes) => {
        stranger.prepare('INSERT INTO log (payload) VALUES (CAST(? AS TEXT))').run([Buffer.from(bytes as string)]);
      },
      close: async () => {
        stranger.close();
        await close();
      },
    };
  });
}
