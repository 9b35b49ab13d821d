import type { KnownOrder, QueueRecovery, RebuiltSale } from '../../../src/ports/queue-recovery.ts';
import type { Network, Server } from '../core/network.ts';
import type { Process } from '../core/process.ts';
import type { SimulatedTicketQueue } from './ticket-queue.ts';

type Call = <T>(name: string, work: () => Promise<T>, args?: unknown) => Promise<T>;

/** The queue's recovery as a process uses it: many calls, with possible faults between any two. */
export function recoveryOf(
  process: Process,
  network: Network,
  server: Server,
  queue: SimulatedTicketQueue,
): QueueRecovery {
  return recoveryBy((name, work, args) => network.call(process, server, name, work, args), queue, process.name);
}

/** The same without network calls. */
export function directRecovery(queue: SimulatedTicketQueue): QueueRecovery {
  return recoveryBy((_, work) => work(), queue, 'direct');
}

function recoveryBy(call: Call, queue: SimulatedTicketQueue, holder: string): QueueRecovery {
  let attempts = 0;
  const begin = async (sale: RebuiltSale) => {
    attempts += 1;
    const attempt = `${holder} ${attempts}`;
    return call('begin', () => queue.rebuild.begin(sale, attempt), [sale.id, sale.epoch, attempt]);
  };

  return {
    state: (saleId, epoch) => call('state', () => queue.rebuild.state(saleId, epoch), [saleId, epoch]),
    seal: async (sale) => {
      const step = await begin(sale);
      return step === 'ended' || step.kind === 'done' ? { kind: 'done', replicated: false } : step;
    },
    rebuild: async (sale, chunks) => {
      const { id, epoch } = sale;
      const step = await begin(sale);
      let survivors = 0;
      if (step !== 'ended') {
        if (step.kind === 'superseded') return step;
        for await (const orders of chunks) {
          await call('takeOrders', () => queue.rebuild.takeOrders(id, epoch, orders as readonly KnownOrder[]), orders);
        }
        survivors = await call('keepAndFill', () => queue.rebuild.keepAndFill(id, epoch), [id, epoch]);
      }
      const ended = await call('end', () => queue.rebuild.end(id, epoch), [id, epoch]);
      return ended.kind === 'done' ? { ...ended, survivors } : ended;
    },
    incarnation: () => call('incarnation', () => queue.rebuild.incarnation()),
    serves: () => call('serves', () => queue.rebuild.serves()),
    declareSound: () => call('declareSound', () => queue.rebuild.declareSound()),
  };
}
