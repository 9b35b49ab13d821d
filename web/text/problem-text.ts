import type { ProblemJson } from '../../src/client/index.ts';
import { durationText } from './format.ts';

/** What a buyer is told, in place of a status code. */
const TEXTS: Readonly<Record<string, string>> = {
  sold_out: 'Sold out, just before you. Tickets that others don’t pay for come back, and this page shows it at once.',
  limit_reached: 'You already have as many tickets as one person may hold.',
  ended: 'This sale is over.',
  closed: 'This sale was closed.',
  not_found: 'This is not there any more.',
  unauthenticated: 'Please sign in first. If you had, your sign-in has run out.',
  forbidden: 'Your sign-in does not permit this.',
  not_payable: 'This order can’t be paid any more.',
  not_cancellable: 'This order can’t be cancelled any more.',
};

/** @param now the server's clock, milliseconds since 1970 */
export function problemText(problem: ProblemJson, now: number | undefined): string {
  if (problem.code === 'not_started') {
    const opensAt = Date.parse(problem.opensAt ?? '');
    if (now === undefined || !(opensAt > now)) return 'Not open yet. Try again in a moment.';
    return `Not open yet: it opens in ${durationText(opensAt - now)}.`;
  }
  return TEXTS[problem.code] ?? problem.detail;
}

/** While the answer is not known and we keep asking. */
export const RETRYING = 'We don’t know yet whether it worked. Trying again; you won’t get it twice.';

/** A server that said so has done nothing. */
export const BUSY = 'It’s very busy. Trying again…';

export const STILL_UNKNOWN = 'We still don’t know whether it worked. Try again: it’s safe, you won’t get it twice.';
