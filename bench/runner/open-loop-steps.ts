import { median } from '../support/statistics.ts';
import { threeDigits, wholeOf } from './format.ts';
import type { CaseResult } from './report.ts';
import type { OpenLoopStep } from './scenario.ts';
import type { Row } from './table.ts';

/** The medians of each step. Every round has the shares of the first. */
export function medianSteps(rounds: readonly (readonly OpenLoopStep[])[]): readonly OpenLoopStep[] {
  return (rounds[0] ?? []).map(({ share }) => {
    const same = rounds.flatMap((steps) => steps.filter((step) => step.share === share));
    const medianOf = (pick: (step: OpenLoopStep) => number) => median(same.map(pick));
    return {
      share,
      perSecond: medianOf((one) => one.perSecond),
      p50Ms: medianOf((one) => one.p50Ms),
      p99Ms: medianOf((one) => one.p99Ms),
      p999Ms: medianOf((one) => one.p999Ms),
      unanswered: medianOf((one) => one.unanswered),
      generator: {
        busy: medianOf(({ generator }) => generator.busy),
        lagP99Ms: medianOf(({ generator }) => generator.lagP99Ms),
      },
    };
  });
}

/** A generator that is busy for more of the time has no reserve for a burst of answers. */
const BUSY = 0.9;
/** More than this share of a p99 would be the generator's own. */
const OWN_SHARE = 0.5;

/** Whether the latencies say as much about the load generator as about Floodgate. */
export const isLimitedByGenerator = ({ p99Ms, generator }: OpenLoopStep): boolean =>
  generator.busy > BUSY || generator.lagP99Ms > p99Ms * OWN_SHARE;

/** A row for each step of each result. */
export const openLoopRows = (results: readonly CaseResult[]): readonly Row[] =>
  results.flatMap(({ scenario, connections, client, openLoop = [] }) =>
    openLoop.map((step) => ({
      scenario,
      connections: wholeOf(connections),
      'rate of': client,
      share: String(step.share),
      'due/s': wholeOf(step.perSecond),
      'p50, p99, p99.9, ms': [step.p50Ms, step.p99Ms, step.p999Ms].map(threeDigits).join(', '),
      unanswered: step.unanswered === 0 ? '' : wholeOf(step.unanswered),
      'generator: busy, lag p99, ms': `${threeDigits(step.generator.busy)}, ${threeDigits(step.generator.lagP99Ms)}`,
      'limited by': isLimitedByGenerator(step) ? 'the generator' : '',
    })),
  );
