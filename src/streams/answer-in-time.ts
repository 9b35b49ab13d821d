import type { PurchaseOutcome } from '../domain/purchase.ts';
import type { Clock } from '../ports/clock.ts';
import type { PurchaseRequest } from './purchase-request.ts';

export interface AnswerInTimeOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** How long a request may go without an answer, milliseconds; asked for at each look. */
  readonly deadlineMs: () => number;
  /** Told how many got their answer from here. */
  readonly onLate?: (requests: number) => void;
}

export interface AnswerInTime {
  /** The same request, whose buyer hears the first of two answers: the one that comes, or the deadline's. */
  readonly watch: (request: PurchaseRequest) => PurchaseRequest;
  stop(): void;
}

/** Of the deadline: what is left is for the look, for a busy event loop, and for the way back. */
const SHARE = 0.95;

/** An answer comes so much later at the most; a timer for each request would cost as much as its sale. */
const LOOK_EVERY_MS = 25;

const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;

/**
 * Answers 503 to whoever would wait beyond the deadline for a dependency that is slow. The stream goes on with the
 * request, and its own answer goes nowhere: what it came to the buyer's key finds.
 */
export function answerInTime({ clock, deadlineMs, onLate }: AnswerInTimeOptions): AnswerInTime {
  let waiting: Watched[] = [];
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    const latest = clock.monotonic() - deadlineMs() * SHARE;
    const late: Watched[] = [];
    const inTime: Watched[] = [];
    for (const watched of waiting) {
      if (!watched.isAnswered) (watched.receivedAt < latest ? late : inTime).push(watched);
    }
    waiting = inTime;
    if (waiting.length === 0) stop();
    for (const watched of late) watched.respond(UNAVAILABLE);
    if (late.length > 0) onLate?.(late.length);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    watch: (request) => {
      const watched = new Watched(request);
      waiting.push(watched);
      timer ??= setInterval(look, LOOK_EVERY_MS);
      return watched;
    },
    stop,
  };
}

/** One object for each request: it is its own list entry and its own answer's end. */
class Watched implements PurchaseRequest {
  readonly saleId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  readonly receivedAt: number;
  /** Let go of with the answer: all that hangs on it would grow old here, and be the garbage collector's work. */
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
