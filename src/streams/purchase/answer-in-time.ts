import type { PurchaseOutcome } from '../../domain/purchase.ts';
import type { CancelTimer, Timers } from '../../ports/timers.ts';
import type { Deadline } from '../../resilience/deadline.ts';
import type { PurchaseRequest } from './request.ts';

export interface AnswerInTimeOptions {
  readonly deadline: Deadline;
  readonly after: Timers['after'];
  /** Called with how many requests were answered here. */
  readonly onLate?: (requests: number) => void;
}

export interface AnswerInTime {
  /** The same request, whose buyer gets the first of two answers: its own, or the deadline's. */
  readonly watch: (request: PurchaseRequest) => PurchaseRequest;
  stop(): void;
}

/** An answer is late by at most this; a timer for each request would cost as much as its sale. */
const LOOK_EVERY_MS = 25;

const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;

/**
 * Answers 503 to requests that would wait beyond the deadline for a slow dependency. The stream goes on with such a
 * request, and the answer that it gives is dropped; the buyer's key finds what was decided.
 */
export function answerInTime({ deadline, after, onLate }: AnswerInTimeOptions): AnswerInTime {
  let waiting: Watched[] = [];
  let cancel: CancelTimer | undefined;

  const look = (): void => {
    const dueBefore = deadline.answerDueBefore();
    const late: Watched[] = [];
    const inTime: Watched[] = [];
    for (const watched of waiting) {
      if (!watched.isAnswered) (watched.receivedAt < dueBefore ? late : inTime).push(watched);
    }
    waiting = inTime;
    cancel = waiting.length === 0 ? undefined : after(LOOK_EVERY_MS, look);
    for (const watched of late) watched.respond(UNAVAILABLE);
    if (late.length > 0) onLate?.(late.length);
  };

  return {
    watch: (request) => {
      const watched = new Watched(request);
      waiting.push(watched);
      cancel ??= after(LOOK_EVERY_MS, look);
      return watched;
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}

/** One object a request: its list entry and its responder in one. */
class Watched implements PurchaseRequest {
  readonly saleId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  readonly receivedAt: number;
  /** Released with the answer: otherwise all that it refers to would be promoted to the old generation. */
  #request: PurchaseRequest | undefined;

  constructor(request: PurchaseRequest) {
    this.saleId = request.saleId;
    this.userId = request.userId;
    this.idempotencyKey = request.idempotencyKey;
    this.requestId = request.requestId;
    this.receivedAt = request.receivedAt;
    this.#request = request;
  }

  get isAnswered(): boolean {
    return this.#request === undefined;
  }

  respond(outcome: PurchaseOutcome): void {
    const request = this.#request;
    this.#request = undefined;
    request?.respond(outcome);
  }
}
