import type { LiveSocket } from '../../ports/live-socket.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { stockText } from './server-frames.ts';

export interface StockTopicsDeps {
  readonly publish: (topic: string, frame: string) => void;
  /** The sale got its first subscriber in this process, or lost its last one. */
  readonly onWatch: (saleId: string, watched: boolean) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Topic {
  members: number;
  last: StockFrame | undefined;
}

/** The sales that this process's sockets are subscribed to, with the last frame of each for new subscribers. */
export class StockTopics {
  readonly #topics = new Map<string, Topic>();

  constructor(private readonly deps: StockTopicsDeps) {}

  /** The sales that have subscribers. */
  get saleIds(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** The socket must not have joined yet. */
  join(socket: LiveSocket, saleId: string): void {
    socket.join(topicOf(saleId));
    const topic = this.#topics.get(saleId);
    if (topic !== undefined) {
      topic.members += 1;
      return;
    }
    this.#topics.set(saleId, { members: 1, last: undefined });
    this.deps.onWatch(saleId, true);
  }

  /** The socket must have joined; it may be closed. */
  leave(socket: LiveSocket, saleId: string): void {
    socket.leave(topicOf(saleId));
    const topic = this.#topics.get(saleId);
    if (topic === undefined) return;
    topic.members -= 1;
    if (topic.members > 0) return;
    this.#topics.delete(saleId);
    this.deps.onWatch(saleId, false);
  }

  /** Sends the last published frame with the current server time; for a first subscriber there is none yet. */
  sendLatest(socket: LiveSocket, saleId: string): void {
    const last = this.#topics.get(saleId)?.last;
    if (last !== undefined) socket.send(stockText({ ...last, serverTime: this.deps.now() }));
  }

  publish(frame: StockFrame): void {
    const topic = this.#topics.get(frame.saleId);
    if (topic === undefined) return;
    topic.last = frame;
    this.deps.publish(topicOf(frame.saleId), stockText(frame));
    if (frame.phase === 'archived') this.#end(frame.saleId);
  }

  /** It was the last frame of the sale: its subscribers stay connected, and cost nothing any more. */
  #end(saleId: string): void {
    this.#topics.delete(saleId);
    this.deps.onWatch(saleId, false);
  }
}

function topicOf(saleId: string): string {
  return `stock:${saleId}`;
}
