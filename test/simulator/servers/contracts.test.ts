import { liveStateContract } from '../../contract/live-state/suite.ts';
import { orderStoreContract } from '../../contract/order-store/suite.ts';
import { queueRecoveryContract } from '../../contract/queue-recovery/suite.ts';
import { ticketQueueContract } from '../../contract/ticket-queue/suite.ts';
import { SimulatedLiveState } from './live-state.ts';
import { SimulatedOrderStore } from './order-store.ts';
import { directRecovery } from './queue-recovery.ts';
import { SimulatedTicketQueue } from './ticket-queue.ts';

// A simulation proves something about the streams only if its servers follow the ports' rules.
const close = async () => undefined;

ticketQueueContract('the simulated queue', async () => {
  const queue = new SimulatedTicketQueue(Date.now);
  return { queue, auditSource: queue.auditSource, close };
});
orderStoreContract('the simulated store', async () => {
  const store = new SimulatedOrderStore();
  return { store, other: store, close };
});
liveStateContract('the simulated live state', async () => ({ live: new SimulatedLiveState(), close }));
queueRecoveryContract('the simulated queue', async () => {
  const queue = new SimulatedTicketQueue(Date.now);
  return {
    queue,
    auditSource: queue.auditSource,
    recovery: directRecovery(queue),
    lose: (saleId) => queue.memory.doubt(saleId),
    wipe: (saleId) => queue.memory.wipe(saleId),
    close,
  };
});
