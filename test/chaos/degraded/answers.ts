import type { Answer } from '../../support/http-client.ts';

export const ASKED = ['purchase', 'pay', 'cancel', 'page', 'list', 'order', 'report'] as const;

/** A buyer's click, and all other requests. */
export type Asked = (typeof ASKED)[number];

/** The statuses allowed while a dependency is unavailable. */
const ALLOWED: Readonly<Record<Asked, readonly number[]>> = {
  purchase: [201, 409, 503],
  pay: [200, 409, 503],
  cancel: [200, 409, 503],
  // Always served from memory.
  page: [200],
  list: [200],
  order: [200, 503],
  report: [200, 503],
};

interface Tally {
  readonly byStatus: Map<string, number>;
  slowestMs: number;
}

/** Counts all answers, and collects those that are not allowed. */
export class Answers {
  readonly #tallies = new Map<Asked, Tally>();
  readonly wrong: string[] = [];
  /** When successful purchases were sent, by performance.now(). */
  readonly #salesSentAt: number[] = [];

  /** `answer` is undefined if there was none. `ms`: since the request was sent. */
  readonly add = (asked: Asked, answer: Answer | undefined, ms: number): void => {
    const tally = this.#tallies.get(asked) ?? { byStatus: new Map(), slowestMs: 0 };
    this.#tallies.set(asked, tally);
    const status = answer === undefined ? 'none' : String(answer.status);
    tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
    tally.slowestMs = Math.max(tally.slowestMs, ms);
    if (answer === undefined) this.wrong.push(`${asked}: no answer after ${Math.round(ms)} ms`);
    else if (!ALLOWED[asked].includes(answer.status)) this.wrong.push(`${asked}: ${answer.status} ${answer.body}`);
    else if (answer.status === 503 && !/^[1-9]\d*$/.test(String(answer.headers['retry-after']))) {
      this.wrong.push(`${asked}: 503 with Retry-After ${answer.headers['retry-after']}`);
    }
    if (asked === 'purchase' && answer?.status === 201) this.#salesSentAt.push(performance.now() - ms);
  };

  /** When the first successful purchase since then was sent; undefined if there is none yet. */
  firstSaleSince(at: number): number | undefined {
    const since = this.#salesSentAt.filter((sentAt) => sentAt >= at);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  count(asked: Asked, status: number): number {
    return this.#tallies.get(asked)?.byStatus.get(String(status)) ?? 0;
  }

  /** As a line: `201: 12, 503: 3, slowest 1020 ms`. */
  summary(asked: Asked): string {
    const tally = this.#tallies.get(asked);
    if (tally === undefined) return 'no request';
    const counts = [...tally.byStatus].sort(([a], [b]) => (a < b ? -1 : 1)).map(([status, n]) => `${status}: ${n}`);
    return [...counts, `slowest ${Math.round(tally.slowestMs)} ms`].join(', ');
  }
}
