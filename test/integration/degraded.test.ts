import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDegradedBed, runDegraded } from '../chaos/degraded/degraded.ts';
import { OUTAGES } from '../chaos/degraded/outages.ts';
import { tableOf } from '../chaos/degraded/table.ts';
import type { Testbed } from '../chaos/testbed.ts';
import { HAS_OWN_KAFKA, HAS_OWN_REDIS, Unsupported } from '../support/servers.ts';

/** Naming it sees to it that the Kafka client is compiled where it can be; the servers here are the run's own. */
const hasKafkaClient = Boolean(process.env.TEST_KAFKA_BROKERS);

/** An outage: longer than two calls of each kind may take; `node test/chaos/degraded.mjs` has longer ones. */
const SECONDS = 4;
/** So short an outage is seen by a breaker that looks at no more than a second. */
const SETTINGS = { BREAKER_WINDOW_MS: '1000' };

const canRun = hasKafkaClient && HAS_OWN_REDIS && HAS_OWN_KAFKA;
if (!canRun) console.warn('SKIPPED: the degraded modes need all four servers as programs of this machine');

describe.skipIf(!canRun)('a sale goes on as well as it can, and nothing is lost,', () => {
  let bed: Testbed | undefined;
  let impossible = '';

  beforeAll(async () => {
    try {
      bed = await createDegradedBed({ log: () => {}, settings: SETTINGS });
      await Promise.all(bed.programs.map((program) => program.start()));
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      impossible = error.message;
    }
  });

  afterAll(() => bed?.stop({ keepLogs: false }));

  test.for(OUTAGES)('with $name', async (outage, { skip }) => {
    if (bed === undefined) return skip(impossible);
    const report = await runDegraded(bed, outage, SECONDS);
    const table = tableOf(report);
    for (const { promise, broken } of report.checks) expect(broken, `${promise}\n${table}`).toEqual([]);
    expect(report.orders).toBeGreaterThan(20);
  });
});
