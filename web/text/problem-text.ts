import type { ProblemJson } from '../../src/client/index.ts';
import { countText, durationText } from './format.ts';

/** Texts for buyers, by problem code. */
const TEXTS: Readonly<Record<string, string>> = {
  sold_out: 'Sold out just now. Tickets that are not paid for go back on sale, and this page shows them at once.',
  limit_reached: 'With these you would have more tickets than one person may hold.',
  too_many_orders: 'Too many of your orders in this sale were cancelled or not paid for. You can place no more here.',
  paused: 'This sale is paused. It may go on at any time, and this page shows it at once.',
  ended: 'This sale has ended.',
  closed: 'This sale was closed.',
  archived: 'This sale is over. Your orders are still here.',
  not_found: 'This no longer exists.',
  unauthenticated: 'Please sign in. If you were signed in, your session has expired.',
  forbidden: 'Your account is not allowed to do this.',
  not_payable: 'This order can no longer be paid.',
  not_cancellable: 'This order can no longer be cancelled.',
};

/** @param now the server's clock, milliseconds since 1970 */
export function problemText(problem: ProblemJson, now: number | undefined): string {
  if (problem.code === 'not_started') {
    const opensAt = Date.parse(problem.opensAt ?? '');
    if (now === undefined || !(opensAt > now)) return 'Not open yet. Try again in a moment.';
    return `Not open yet: it opens in ${durationText(opensAt - now)}.`;
  }
  if (problem.code === 'not_enough_left' && problem.remaining !== undefined) {
    return problem.remaining === 1
      ? 'Only one ticket is left.'
      : `Only ${countText(problem.remaining)} tickets are left.`;
  }
  return TEXTS[problem.code] ?? problem.detail;
}

/** While the outcome is unknown and the request is repeated. */
export const RETRYING = 'We don’t know yet whether it worked. Trying again; it won’t be done twice.';

/** After an answer that means that nothing was done. */
export const BUSY = 'We’re very busy right now. Trying again…';

/** While the shop can't be reached, and nothing was sent. */
export const NOTHING_SENT_YET = 'We can’t reach the shop right now. Nothing was sent yet; trying again…';

export const NOT_SENT = 'We couldn’t reach the shop, so nothing was bought. Please try again.';

export const STILL_UNKNOWN = 'We still don’t know whether it worked. You can safely try again: it won’t be done twice.';
