import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HAS_OWN_KAFKA, HAS_OWN_REDIS, Unsupported } from '../support/servers.ts';
import { runChaos } from './chaos.ts';
import { type Report, tableOf } from './report.ts';

/** Naming the variable makes `npm test` compile the Kafka client; the run starts servers of its own. */
const hasKafkaClient = Boolean(process.env.TEST_KAFKA_BROKERS);

/** The start and the checks take as long again. */
const SECONDS = 30;
/** Short pauses, so that many kinds of faults fit into the time. */
const PACE = 2;

const canRun = hasKafkaClient && HAS_OWN_REDIS && HAS_OWN_KAFKA;
if (!canRun) console.warn('SKIPPED: the chaos run needs all four servers as programs of this machine');

describe.skipIf(!canRun)('a short run of chaos', () => {
  test('loses no order, sells nothing twice, and recovers', async ({ skip }) => {
    let report: Report;
    try {
      report = await runChaos({ seed: randomInt(2 ** 31), seconds: SECONDS, pace: PACE });
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      return skip(error.message);
    }
    const table = tableOf(report);
    console.log(table);
    for (const { promise, broken } of report.checks) expect(broken, `${promise}\n${table}`).toEqual([]);
    expect(report.struck.size).toBeGreaterThan(10);
    // A run without orders would prove nothing; their number depends on the machine and the faults.
    expect(report.orders.length).toBeGreaterThan(20);
  });
});
