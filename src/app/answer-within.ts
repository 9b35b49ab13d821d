import { DEFAULT_TIME_LIMITS } from '../adapters/http/in-flight.ts';

/** For delivering an answer that was given at the last moment. Milliseconds. */
const MARGIN_MS = 1000;

/** The time limit of a front for every request, milliseconds: a purchase that may take longer must not be cut short by it. */
export function answerWithinMs(deadlineMs: number): number {
  return Math.max(DEFAULT_TIME_LIMITS.answerWithinMs, deadlineMs + MARGIN_MS);
}
