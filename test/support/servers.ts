import type { ServersTool } from '../../dev/servers/api.d.ts';

/** Plain JavaScript, so that it runs before anything is installed; its types are declared beside it. */
const TOOL: string = '../../dev/servers/index.mjs';
const RUN: string = '../../dev/servers/run.mjs';

export const { up, down, status, Unsupported } = (await import(TOOL)) as ServersTool;

const { find } = (await import(RUN)) as { readonly find: (program: string) => string | undefined };

/** Whether a test may have a Redis of its own as a plain process, which it can kill and give arguments. */
export const HAS_OWN_REDIS = find('redis-server') !== undefined;

if (!HAS_OWN_REDIS) {
  console.warn('SKIPPED: the tests that kill Redis need redis-server as a program of this machine');
}

/** The same for a Kafka: some tests give it listeners that no container has. */
export const HAS_OWN_KAFKA = find('java') !== undefined && find('mvn') !== undefined;

if (!HAS_OWN_KAFKA) {
  console.warn('SKIPPED: the tests that log in to Kafka need Java and Maven as programs of this machine');
}
