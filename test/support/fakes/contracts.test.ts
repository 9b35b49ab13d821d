import { catalogueContract } from '../../contract/catalogue/suite.ts';
import { runningJobsContract } from '../../contract/jobs/running.ts';
import { jobsContract } from '../../contract/jobs/suite.ts';
import { leasesContract } from '../../contract/leases/suite.ts';
import { nodeMarksContract } from '../../contract/node-marks/suite.ts';
import { orderStoreContract } from '../../contract/order-store/suite.ts';
import { queueRecoveryContract } from '../../contract/queue-recovery/suite.ts';
import { settingsStoreContract } from '../../contract/settings-store/suite.ts';
import { ticketQueueContract } from '../../contract/ticket-queue/suite.ts';
import { tokenRevocationsContract } from '../../contract/token-revocations/suite.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryCatalogue } from './memory-catalogue.ts';
import { MemoryJobs } from './memory-jobs.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemoryNodeMarks } from './memory-node-marks.ts';
import { MemoryOrderStore } from './memory-order-store.ts';
import { MemorySettingsStore } from './memory-settings-store.ts';
import { MemoryTicketQueue } from './memory-ticket-queue.ts';
import { MemoryTokenRevocations } from './memory-token-revocations.ts';

// A test with a fake proves something only if the fake fulfils the contract of the port.
ticketQueueContract('the fake', async () => {
  const queue = new MemoryTicketQueue(Date.now);
  return { queue, auditSource: queue.auditSource, close: async () => undefined };
});
queueRecoveryContract('the fake', async () => {
  const queue = new MemoryTicketQueue(Date.now);
  return {
    queue,
    auditSource: queue.auditSource,
    recovery: queue,
    lose: (saleId) => queue.lose(saleId),
    wipe: (saleId) => queue.wipe(saleId),
    close: async () => undefined,
  };
});
orderStoreContract('the fake', async () => {
  const store = new MemoryOrderStore();
  return {
    store,
    other: store,
    close: async () => undefined,
  };
});
catalogueContract('the fake', async () => {
  const catalogue = new MemoryCatalogue();
  return { catalogue, other: catalogue, close: async () => undefined };
});
jobsContract('the fake', async () => {
  const jobs = new MemoryJobs();
  return { jobs, other: jobs, close: async () => undefined };
});
runningJobsContract('the fake', async () => {
  const stores = { jobs: new MemoryJobs(), store: new MemoryOrderStore() };
  return { processes: [stores, stores], close: async () => undefined };
});
leasesContract('the fake', async () => {
  const clock = new ManualClock();
  const leases = new MemoryLeases(clock.now);
  return {
    leases,
    other: leases,
    pass: async (ms) => clock.advance(ms),
    close: async () => undefined,
  };
});
nodeMarksContract('the fake', async () => {
  const marks = new MemoryNodeMarks();
  return { marks, other: marks, close: async () => undefined };
});
tokenRevocationsContract('the fake', async () => {
  const store = new MemoryTokenRevocations();
  return { store, other: store, close: async () => undefined };
});
settingsStoreContract('the fake', async () => {
  const store = new MemorySettingsStore();
  return { store, other: store, close: async () => undefined };
});
