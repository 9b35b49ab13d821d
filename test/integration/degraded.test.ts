import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDegradedBed, runDegraded } from '../chaos/degraded/degraded.ts';
import { OUTAGES } from '../chaos/degraded/outages.ts';
import { tableOf } from '../chaos/degraded/table.ts';
import type { Testbed } from '../chaos/testbed.ts';
import { HAS_OWN_KAFKA, HAS_OWN_REDIS, Unsupported } from '../support/servers.ts';

/** Naming the variable makes `npm test` compile the Kafka client; the run starts servers of its own. */
const hasKafkaClient = Boolean(process.env.TEST_KAFKA_BROKERS);

/** Length of an outage, longer than two calls of each kind may take. `npm run degrade` has longer ones. */
const SECONDS = 4;
/** A window of a second, so that a breaker opens during so short an outage. */
const SETTINGS = { BREAKER_WINDOW_MS: '1000' };

const canRun = hasKafkaClient && HAS_OWN_REDIS && HAS_OWN_KAFKA;
if (!canRun) console.warn('SKIPPED: the degraded modes need all four servers as programs of this machine');

describe.skipIf(!canRun)('a sale goes on in a degraded mode and loses nothing', () => {
  let bed: Testbed | undefined;
  let unsupported = '';

  beforeAll(async () => {
    try {
      bed = await createDegradedBed({ log: () => {}, settings: SETTINGS });
      await Promise.all(bed.programs.map((program) => program.start()));
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      unsupported = error.message;
    }
  });

  afterAll(() => bed?.stop({ keepLogs: false }));

  test.for(OUTAGES)('with $name', async (outage, { skip }) => {
    if (bed === undefined) return skip(unsupported);
    const report = await runDegraded(bed, outage, SECONDS);
    const table = tableOf(report);
    for (const { promise, broken } of report.checks) expect(broken, `${promise}\n${table}`).toEqual([]);
    expect(report.orders).toBeGreaterThan(20);
  });
});
