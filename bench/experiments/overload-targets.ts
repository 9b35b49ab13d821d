/** Of one step of the overload. */
export interface Outcome {
  /** Of the capacity. */
  readonly multiple: number;
  readonly soldPerSecond: number;
  readonly refused: number;
  /** Since the request was sent. */
  readonly refusedP99Ms: number;
  /** Share of the time, 0 to 1. */
  readonly generatorBusy: number;
}

/** Targets of issue 21, at the greatest multiple. */
const LEAST_SHARE = 0.85;
const MOST_REFUSED_P99_MS = 100;
/** A generator that is busier takes the cores from the front, which shares them. */
const BUSY = 0.9;

/** The outcome at the greatest multiple of the capacity, with its targets, a line each. The peak is the most that was sold at any load. */
export function overloadTexts(steps: readonly Outcome[], capacity: number): readonly string[] {
  const last = steps.at(-1);
  if (last === undefined) return [];
  const peak = Math.max(capacity, ...steps.map(({ soldPerSecond }) => soldPerSecond));
  const share = last.soldPerSecond / peak;
  const at = `at ${last.multiple} times the capacity`;
  return [
    `${at} it sells ${share.toFixed(2)} of its peak (at least ${LEAST_SHARE}: ${word(share >= LEAST_SHARE)})`,
    last.refused === 0
      ? `${at} nothing is refused`
      : `${at} refusals have a p99 of ${last.refusedP99Ms.toFixed(0)} ms since they were sent (at most ${MOST_REFUSED_P99_MS}: ${word(last.refusedP99Ms <= MOST_REFUSED_P99_MS)})`,
    ...(last.generatorBusy > BUSY
      ? [
          `the generator was busy for ${last.generatorBusy.toFixed(2)} of the time: on shared cores it is part of what is measured`,
        ]
      : []),
  ];
}

/** Connections of a closed loop that wait for an answer and for nothing else. */
export interface Flood {
  readonly connections: number;
  /** Sold by few connections, in the same run. */
  readonly peakPerSecond: number;
  readonly soldPerSecond: number;
  readonly refusedPerSecond: number;
  /** Of the probe beside it; undefined when none of its purchases was refused. */
  readonly refusedP99Ms: number | undefined;
  readonly acceptedP99Ms: number;
}

/** What a flood of connections leaves of the sales, with the targets, a line each. */
export function floodTexts(flood: Flood): readonly string[] {
  const { connections, peakPerSecond, soldPerSecond, refusedPerSecond, refusedP99Ms, acceptedP99Ms } = flood;
  const share = soldPerSecond / peakPerSecond;
  const refusals =
    refusedP99Ms === undefined
      ? 'no refusals'
      : `refusals with a p99 of ${refusedP99Ms.toFixed(0)} ms (at most ${MOST_REFUSED_P99_MS}: ${word(refusedP99Ms <= MOST_REFUSED_P99_MS)})`;
  return [
    `with ${connections} connections of wrk it sells ${share.toFixed(2)} of its peak (at least ${LEAST_SHARE}: ${word(share >= LEAST_SHARE)}): ${Math.round(soldPerSecond)} of ${Math.round(peakPerSecond)}/s, beside ${Math.round(refusedPerSecond)} refusals/s`,
    `a probe beside them, from when each request was due: ${refusals}, sales with a p99 of ${acceptedP99Ms.toFixed(0)} ms`,
  ];
}

const word = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
