import { createEmbeddedQueueAuditSource } from '../../../src/adapters/embedded/audit-source.ts';
import { createEmbeddedTicketQueue } from '../../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { openEmbeddedFile } from '../embedded-file.ts';
import { queueAuditSourceContract } from './suite.ts';

queueAuditSourceContract('the embedded queue', async () => {
  const { engine, close } = await openEmbeddedFile();
  return {
    queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
    auditSource: createEmbeddedQueueAuditSource(engine),
    close,
  };
});
