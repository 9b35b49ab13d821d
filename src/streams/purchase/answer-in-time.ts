import type { PurchaseOutcome } from '../../domain/purchase.ts';
import type { CancelTimer, Timers } from '../../ports/timers.ts';
import type { Deadline } from '../../resilience/deadline.ts';
import type { PurchaseRequest } from './request.ts';

export interface AnswerInTimeOptions {
  readonly deadline: Deadline;
  readonly after: Timers['after'];
  /** Called with the number of requests answered here. */
  readonly onLate?: (requests: number) => void;
}

export interface AnswerInTime {
  /** Wraps a request so that its buyer gets the first of two answers: its own, or the deadline's. */
  readonly watch: (request: PurchaseRequest) => PurchaseRequest;
  stop(): void;
}

/** Maximum delay of such an answer; a timer per request would cost as much as its sale. */
const CHECK_EVERY_MS = 25;

const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;

/**
 * Answers 503 to requests that would wait for a slow dependency beyond the deadline. The stream continues with such a
 * request, and its own answer is dropped; a repetition with the buyer's key finds what was decided.
 */
export function answerInTime({ deadline, after, onLate }: AnswerInTimeOptions): AnswerInTime {
  let waiting: Watched[] = [];
  let cancel: CancelTimer | undefined;

  const checkLate = (): void => {
    const dueBefore = deadline.answerDueBefore();
    const late: Watched[] = [];
    const inTime: Watched[] = [];
    for (const watched of waiting) {
      if (!watched.isAnswered) (watched.receivedAt < dueBefore ? late : inTime).push(watched);
    }
    waiting = inTime;
    cancel = waiting.length === 0 ? undefined : after(CHECK_EVERY_MS, checkLate);
    for (const watched of late) watched.respond(UNAVAILABLE);
    if (late.length > 0) onLate?.(late.length);
  };

  return {
    watch: (request) => {
      const watched = new Watched(request);
      waiting.push(watched);
      cancel ??= after(CHECK_EVERY_MS, checkLate);
      return watched;
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}

/** One object per request: its list entry and its responder. */
class Watched implements PurchaseRequest {
  readonly saleId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  readonly quantity: number;
  readonly requestId: string;
  readonly receivedAt: number;
  /** Released with the answer: otherwise everything that it refers to would be promoted to the old generation. */
  #request: PurchaseRequest | undefined;

  constructor(request: PurchaseRequest) {
    this.saleId = request.saleId;
    this.userId = request.userId;
    this.idempotencyKey = request.idempotencyKey;
    this.quantity = request.quantity;
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
