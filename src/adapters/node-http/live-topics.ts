import { textFrame } from './text-frame.ts';

export interface Member {
  /** Takes a frame, or drops it when too much waits for this member already. Touches no topic. */
  offer(frame: Buffer): void;
}

/** Who is to get what is published. */
export class Topics<M extends Member> {
  readonly #members = new Map<string, Set<M>>();

  join(topic: string, member: M): void {
    const members = this.#members.get(topic);
    if (members === undefined) this.#members.set(topic, new Set([member]));
    else members.add(member);
  }

  leave(topic: string, member: M): void {
    const members = this.#members.get(topic);
    if (members === undefined) return;
    members.delete(member);
    if (members.size === 0) this.#members.delete(topic);
  }

  publish(topic: string, text: string): void {
    const members = this.#members.get(topic);
    if (members === undefined) return;
    const frame = textFrame(text);
    for (const member of members) member.offer(frame);
  }
}
