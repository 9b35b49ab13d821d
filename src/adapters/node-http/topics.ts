import { textFrame } from './text-frame.ts';

export interface Subscriber {
  /** Takes a frame, or drops it when too much is buffered already. Must not subscribe or unsubscribe. */
  deliver(frame: Buffer): void;
}

/** The subscribers of each topic. */
export class Topics<S extends Subscriber> {
  readonly #subscribers = new Map<string, Set<S>>();

  subscribe(topic: string, subscriber: S): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([subscriber]));
    else subscribers.add(subscriber);
  }

  unsubscribe(topic: string, subscriber: S): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return;
    subscribers.delete(subscriber);
    if (subscribers.size === 0) this.#subscribers.delete(topic);
  }

  publish(topic: string, text: string): void {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return;
    const frame = textFrame(text);
    for (const subscriber of subscribers) subscriber.deliver(frame);
  }
}
