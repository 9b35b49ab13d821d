import { messageOf } from '../../domain/errors.ts';
import type { ConsumerSessionOptions } from './consumer-session.ts';
import { ConsumerSession } from './consumer-session.ts';
import { Credits } from './credits.ts';
import { untilDone } from './retry.ts';

export interface GroupMemberOptions extends Omit<ConsumerSessionOptions, 'credits' | 'signal'> {
  /** Resolves when the topic is there: a consumer of one that is not would look again after minutes only. */
  readonly ready: Promise<void>;
}

/** Reads the log as member of a group until it is stopped, through as many consumers as that takes. */
export class GroupMember {
  readonly #end = new AbortController();
  readonly #credits: Credits;
  /** Resolves when it has left the group. */
  readonly ended: Promise<void>;

  constructor(options: GroupMemberOptions) {
    this.#credits = new Credits(options.maxInFlight);
    this.ended = this.#run(options);
  }

  stop(): void {
    this.#end.abort();
    this.#credits.wake();
  }

  async #run(options: GroupMemberOptions): Promise<void> {
    const { signal } = this.#end;
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([options.ready, left]);
    const read = () => new ConsumerSession({ ...options, credits: this.#credits, signal }).run();
    const onFailure = (error: unknown): void => options.trouble.report(messageOf(error));
    await untilDone(read, { signal, onFailure });
  }
}
