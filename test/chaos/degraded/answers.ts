import type { Answer } from '../../support/http-client.ts';

export const ASKED = ['purchase', 'pay', 'cancel', 'page', 'list', 'order', 'report'] as const;

/** A buyer's click, and everything else that people look at. */
export type Asked = (typeof ASKED)[number];

/** What each may be answered while something is away. */
const ALLOWED: Readonly<Record<Asked, readonly number[]>> = {
  purchase: [201, 409, 503],
  pay: [200, 409, 503],
  cancel: [200, 409, 503],
  // From memory, whatever happens.
  page: [200],
  list: [200],
  order: [200, 503],
  report: [200, 503],
};

interface Tally {
  readonly byStatus: Map<string, number>;
  slowestMs: number;
}

/** Everything that was answered, and what of it must not be. */
export class Answers {
  readonly #tallies = new Map<Asked, Tally>();
  readonly wrong: string[] = [];
  /** When purchases that were bought had been sent, as performance.now() has it. */
  readonly #salesSentAt: number[] = [];

  /** `answer` is undefined for one that never came. `ms`: since it was asked for. */
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

  /** When the first purchase was sent that was bought and sent no sooner; undefined if there is none yet. */
  firstSaleSince(at: number): number | undefined {
    const since = this.#salesSentAt.filter((sentAt) => sentAt >= at);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  count(asked: Asked, status: number): number {
    return this.#tallies.get(asked)?.byStatus.get(String(status)) ?? 0;
  }

  /** As a line: `201: 12, 503: 3, slowest 1020 ms`. */
  told(asked: Asked): string {
    const tally = this.#tallies.get(asked);
    if (tally === undefined) return 'never asked';
    const counts = [...tally.byStatus].sort(([a], [b]) => (a < b ? -1 : 1)).map(([status, n]) => `${status}: ${n}`);
    return [...counts, `slowest ${Math.round(tally.slowestMs)} ms`].join(', ');
  }
}
