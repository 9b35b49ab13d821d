import { createEmbeddedLogAuditSource } from '../../../src/adapters/embedded/audit-source.ts';
import { createEmbeddedOrderLog } from '../../../src/adapters/embedded/order-log.ts';
import { openEmbeddedFile } from '../embedded-file.ts';
import { logAuditSourceContract } from './suite.ts';

logAuditSourceContract('the embedded log', async () => {
  const { engine, close } = await openEmbeddedFile();
  return { log: createEmbeddedOrderLog(engine), auditSource: createEmbeddedLogAuditSource(engine), close };
});
