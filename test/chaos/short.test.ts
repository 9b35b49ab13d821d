import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HAS_OWN_KAFKA, HAS_OWN_REDIS, Unsupported } from '../support/servers.ts';
import { runChaos } from './chaos.ts';
import { type Report, tableOf } from './report.ts';

/** Naming it sees to it that the Kafka client is compiled where it can be; the servers here are the run's own. */
const hasKafkaClient = Boolean(process.env.TEST_KAFKA_BROKERS);

/** Starting and judging take as long again. */
const SECONDS = 30;
/** Faults close to each other: there is little time for many kinds. */
const PACE = 2;

const canRun = hasKafkaClient && HAS_OWN_REDIS && HAS_OWN_KAFKA;
if (!canRun) console.warn('SKIPPED: the chaos run needs all four servers as programs of this machine');

describe.skipIf(!canRun)('a short run of chaos', () => {
  test('loses no order, sells nothing twice, and heals', async ({ skip }) => {
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
    // A run without sales would prove nothing; how many there are is up to the machine and the faults.
    expect(report.orders.length).toBeGreaterThan(20);
  });
});
