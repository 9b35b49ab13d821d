/** How long a mark waits for others. Nobody waits for it, and a relay looks for what has none after seconds. */
const SHARE_MS = 10;

type Send = (saleId: string, epoch: number, orderIds: readonly string[]) => Promise<void>;

interface Shared {
  readonly saleId: string;
  readonly epoch: number;
  readonly orderIds: string[];
  readonly sent: Promise<void>;
  readonly send: () => void;
}

export interface SharedMarks {
  /** Resolves when these orders are marked, rejects with what their call rejects with. */
  readonly mark: Send;
  /** Sends what waits; resolves when that and what was sent before is answered, one way or the other. */
  flush(): Promise<void>;
}

/**
 * Orders that are published, of many batches in one call: with small batches every second call of Redis would be to mark
 * the few of one, and a call costs what dozens of orders in it do.
 */
export function shareMarks(send: Send, shareMs = SHARE_MS): SharedMarks {
  let waiting: Shared[] = [];
  const unanswered = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const sendAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const all = waiting;
    waiting = [];
    for (const shared of all) shared.send();
  };

  const flush = async (): Promise<void> => {
    sendAll();
    await Promise.allSettled(unanswered);
  };

  const begin = (saleId: string, epoch: number): Shared => {
    const orderIds: string[] = [];
    let start: () => void = () => {};
    const sent = new Promise<void>((resolve) => {
      start = resolve;
    }).then(() => send(saleId, epoch, orderIds));
    const shared = { saleId, epoch, orderIds, sent, send: start };
    waiting.push(shared);
    unanswered.add(sent);
    const answered = () => unanswered.delete(sent);
    sent.then(answered, answered);
    timer ??= setTimeout(sendAll, shareMs);
    return shared;
  };

  return {
    mark: (saleId, epoch, orderIds) => {
      const shared = waiting.find((one) => one.saleId === saleId && one.epoch === epoch) ?? begin(saleId, epoch);
      shared.orderIds.push(...orderIds);
      return shared.sent;
    },
    flush,
  };
}
