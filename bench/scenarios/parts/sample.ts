import type { Sample, Setting } from '../../runner/scenario.ts';
import { type LoadResult, latencyOf, load, type WireRequest } from '../../support/load.ts';

/** A round in which only one kind of answer counts: those below 400, or the refusals. */
export function sampleOf(result: LoadResult, counted: 'accepted' | 'refused', extra?: Sample['extra']): Sample {
  return {
    perSecond: result[counted] / result.seconds,
    latency: latencyOf(result),
    other: counted === 'accepted' ? result.refused : result.accepted,
    broken: result.broken,
    ...(extra === undefined ? {} : { extra }),
  };
}

/** The same requests, answered by a server that does nothing. */
export async function echoed(
  port: number,
  seconds: number,
  { client, connections }: Setting,
  requests: readonly WireRequest[],
): Promise<Sample> {
  return sampleOf(await load(client, { port, connections, seconds, requests }), 'accepted');
}
