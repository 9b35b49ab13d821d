import { createEmbeddedQueueAuditSource } from '../../../src/adapters/embedded/audit-source.ts';
import type { Engine } from '../../../src/adapters/embedded/engine.ts';
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
    const on = (opened: Engine) => ({
      queue: createEmbeddedTicketQueue({ engine: opened, clock: systemClock }),
      auditSource: createEmbeddedQueueAuditSource(opened),
    });
    return { ...on(engine), reopen: async () => on(await reopen()), close };
  });
}
