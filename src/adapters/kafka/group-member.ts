import { messageOf } from '../../domain/errors.ts';
import { retry } from '../../resilience/retry.ts';
import { ReadCredit } from '../read-credit.ts';
import type { ConsumerSessionOptions } from './consumer-session.ts';
import { ConsumerSession } from './consumer-session.ts';
import { RETRY_PAUSES } from './options.ts';

export interface GroupMemberOptions extends Omit<ConsumerSessionOptions, 'credit' | 'signal'> {
  /** Resolves when the topic exists: a consumer of a missing topic checks again only after minutes. */
  readonly ready: Promise<void>;
}

/** Reads the log as a member of a group until it is stopped, through successive consumers if one breaks. */
export class GroupMember {
  readonly #end = new AbortController();
  readonly #credit: ReadCredit;
  /** Resolves when it has left the group. */
  readonly ended: Promise<void>;

  constructor(options: GroupMemberOptions) {
    this.#credit = new ReadCredit(options.maxInFlight);
    this.ended = this.#run(options);
  }

  stop(): void {
    this.#end.abort();
    this.#credit.wake();
  }

  async #run(options: GroupMemberOptions): Promise<void> {
    const { signal } = this.#end;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([options.ready, stopped]);
    const read = () => new ConsumerSession({ ...options, credit: this.#credit, signal }).run();
    const onRetry = (error: unknown): void => options.outage.report(messageOf(error));
    // Every error is retried, so a rejection means that the member was stopped.
    await retry(read, { ...RETRY_PAUSES, signal, onRetry }).catch(() => undefined);
  }
}
