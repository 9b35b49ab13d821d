/**
 * How long published orders wait for others. No answer to a buyer depends on it, and a relay takes an order for stranded
 * only after seconds.
 */
const BATCH_MS = 10;

type SendPublished = (saleId: string, epoch: number, orderIds: readonly string[]) => Promise<void>;

interface Batch {
  readonly saleId: string;
  readonly epoch: number;
  readonly orderIds: string[];
  readonly sent: Promise<void>;
  readonly send: () => void;
}

export interface PublishedBatcher {
  /** Resolves when these orders are marked as published, rejects as their call does. */
  readonly add: SendPublished;
  /** Sends what is waiting; resolves when all calls, earlier ones included, are answered, successfully or not. */
  flush(): Promise<void>;
}

/**
 * Marks the orders of many purchase batches as published in one call. With small batches every second call to Redis would
 * be for the few orders of one, and a call costs as much as dozens of orders in it.
 */
export function batchPublished(send: SendPublished, batchMs = BATCH_MS): PublishedBatcher {
  let waiting: Batch[] = [];
  const unanswered = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const sendAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batches = waiting;
    waiting = [];
    for (const batch of batches) batch.send();
  };

  const begin = (saleId: string, epoch: number): Batch => {
    const orderIds: string[] = [];
    let start: () => void = () => {};
    const sent = new Promise<void>((resolve) => {
      start = resolve;
    }).then(() => send(saleId, epoch, orderIds));
    const batch = { saleId, epoch, orderIds, sent, send: start };
    waiting.push(batch);
    unanswered.add(sent);
    const answered = () => unanswered.delete(sent);
    sent.then(answered, answered);
    timer ??= setTimeout(sendAll, batchMs);
    return batch;
  };

  return {
    add: (saleId, epoch, orderIds) => {
      const batch = waiting.find((one) => one.saleId === saleId && one.epoch === epoch) ?? begin(saleId, epoch);
      batch.orderIds.push(...orderIds);
      return batch.sent;
    },
    flush: async () => {
      sendAll();
      await Promise.allSettled(unanswered);
    },
  };
}
