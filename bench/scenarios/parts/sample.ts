import type { Sample, ScenarioOptions } from '../../runner/scenario.ts';
import { type LoadResult, latencyOf, load, type WireRequest } from '../../support/load.ts';

/** The sample of a round in which only one kind of answer counts. */
export function sampleOf(
  result: LoadResult,
  counted: 'accepted' | 'refused',
  more: Pick<Sample, 'extra' | 'usage'> = {},
): Sample {
  return {
    perSecond: result[counted] / result.seconds,
    latency: latencyOf(result),
    other: counted === 'accepted' ? result.refused : result.accepted,
    broken: result.broken,
    ...more,
  };
}

/** The ceiling: the same requests, answered by the echo server. */
export async function echoed(
  port: number,
  seconds: number,
  { client, connections }: ScenarioOptions,
  requests: readonly WireRequest[],
): Promise<Sample> {
  return sampleOf(await load(client, { port, connections, seconds, requests }), 'accepted');
}
