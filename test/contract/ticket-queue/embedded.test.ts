import { createEmbeddedTicketQueue } from '../../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { BUILT_WORKER, openEmbeddedFile } from '../embedded-file.ts';
import { ticketQueueContract } from './suite.ts';

for (const [name, thread] of [
  ['the embedded queue in this thread', false],
  ['the embedded queue in a thread of its own', BUILT_WORKER],
] as const) {
  ticketQueueContract(name, async () => {
    const { engine, reopen, close } = await openEmbeddedFile(thread);
    return {
      queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
      reopen: async () => createEmbeddedTicketQueue({ engine: await reopen(), clock: systemClock }),
      close,
    };
  });
}
