import type { Testbed } from '../scenarios/parts/testbed.ts';
import { openLoop } from '../support/generators.ts';
import { purchasesOf, wireOf } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { wrkLoad } from '../support/wrk.ts';
import type { Flood } from './overload-targets.ts';

/** Enough for full batches without refusals. */
const PEAK_CONNECTIONS = 256;
const PEAK_SECONDS = 4;
/** Far below what costs the front anything noticeable. */
const PROBE = { connections: 64, perSecond: 200 } as const;

/**
 * As many connections as given, each of which sends as soon as it has its answer, whatever that was. wrk takes a quarter of
 * the CPU of the open loop, so that the front can be loaded with more than it sells; since it has no latencies by status,
 * a small open loop beside it has them.
 */
export async function measureFlood(
  testbed: Testbed,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Flood> {
  const { port, tokens } = testbed;
  const requestsFor = async (forSeconds: number) =>
    purchasesOf(await testbed.openSale(ticketsFor(forSeconds)), { tokens });
  const peak = await wrkLoad({
    port,
    connections: PEAK_CONNECTIONS,
    seconds: PEAK_SECONDS,
    requests: await requestsFor(PEAK_SECONDS),
  });
  const requests = await requestsFor(seconds);
  const [flood, probe] = await Promise.all([
    wrkLoad({ port, connections, seconds, requests }),
    openLoop({ port, ...PROBE, seconds, wires: requests.map(wireOf) }),
  ]);
  return {
    connections,
    peakPerSecond: peak.accepted / peak.seconds,
    soldPerSecond: flood.accepted / flood.seconds,
    refusedPerSecond: flood.refused / flood.seconds,
    refusedP99Ms: probe.refused.count === 0 ? undefined : probe.refused.p99Ms,
    acceptedP99Ms: probe.accepted.p99Ms,
  };
}
