import { describe, expect, it, vi } from 'vitest';
import type { KafkaLogOptions } from '../../src/adapters/kafka/options.ts';
import { topicNames } from '../../src/adapters/kafka/order-log.ts';
import { ProducerSession } from '../../src/adapters/kafka/producer-session.ts';
import { Fault, isFault } from '../../src/domain/errors.ts';
import { logRecord, logRecords, newName } from '../contract/fixtures.ts';
import { makeTopic, TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { ownKafka } from '../support/own-kafka.ts';

const PATIENCE = { timeout: 60_000, interval: 10 };

describe.skipIf(TEST_KAFKA_BROKERS === undefined)('a failing Kafka, with TEST_KAFKA_BROKERS', () => {
  const { servers, brokers, open, join } = ownKafka();

  it('loses no acknowledged record when the broker is killed, and continues after its restart', async () => {
    const kafka = await open({ messageTimeoutMs: 2000 });
    await kafka.ready;
    const reader = join(kafka);
    const acknowledged: number[] = [];
    const refusals: unknown[] = [];
    let ticket = 0;
    let stop = false;
    const writers = Array.from({ length: 8 }, async () => {
      while (!stop) {
        ticket += 1;
        const mine = ticket;
        await kafka.log.append(logRecord(mine)).then(
          () => acknowledged.push(mine),
          (error: unknown) => refusals.push(error),
        );
      }
    });
    const more = (count: number) => {
      const goal = acknowledged.length + count;
      return vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(goal), PATIENCE);
    };
    await more(500);

    await servers().stop('kafka', 'SIGKILL');
    await vi.waitFor(() => expect(refusals.length).toBeGreaterThan(0), PATIENCE);
    expect(kafka.log.writable()).toBe(false);
    await expect(kafka.log.ping()).rejects.toSatisfy((error) => isFault(error));
    await servers().start('kafka');
    await vi.waitFor(() => expect(kafka.log.writable()).toBe(true), PATIENCE);
    await more(500);
    stop = true;
    await Promise.all(writers);

    expect(refusals.every((error) => isFault(error, 'timeout') || isFault(error, 'unavailable'))).toBe(true);
    await vi.waitFor(() => {
      const seen = new Set(reader.tickets());
      expect(acknowledged.filter((one) => !seen.has(one))).toEqual([]);
    }, PATIENCE);
  });

  it('leaves no timer when a delivery report arrives after its end', async () => {
    const made = vi.spyOn(globalThis, 'setInterval');
    const cleared = vi.spyOn(globalThis, 'clearInterval');
    const kafka = await open({ lingerMs: 500 });
    await kafka.ready;
    const appended = kafka.log.append(logRecord(1));
    await Promise.all([expect(appended).rejects.toMatchObject({ code: 'timeout' }), kafka.close(0)]);

    const ended = new Set<unknown>(cleared.mock.calls.map(([timer]) => timer));
    expect(made.mock.results.filter(({ value }) => !ended.has(value))).toEqual([]);
  });

  it('is retried when it is unavailable at the start', async () => {
    await servers().stop('kafka');
    const lines: string[] = [];
    const kafka = await open({ onWarning: (line) => lines.push(line) });
    const reader = join(kafka);
    await vi.waitFor(() => expect(lines).not.toEqual([]), PATIENCE);

    expect(lines.every((line) => line.includes(brokers().join(',')))).toBe(true);
    expect(kafka.log.writable()).toBe(false);
    await expect(kafka.log.append(logRecord(1))).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(kafka.log.ping()).rejects.toMatchObject({ code: 'unavailable' });
    await servers().start('kafka');
    await kafka.ready;
    await kafka.log.append(logRecord(1));
    await reader.sees(1);
  });

  describe('with a topic that accepts small records only', () => {
    const large = { ...logRecord(1), items: logRecords(200).flatMap(({ items }) => items) };
    const openNarrow = async (options: Partial<KafkaLogOptions>) => {
      const topicPrefix = `${newName('t')}.`;
      await makeTopic(brokers(), { name: topicNames(topicPrefix).orders, partitions: 1, maxMessageBytes: 2000 });
      const kafka = await open({ topicPrefix, partitions: 1, ...options });
      await kafka.ready;
      return kafka;
    };

    it('rejects a large one as not retryable, and accepts the next', async () => {
      const { log } = await openNarrow({});
      await expect(log.append(large)).rejects.toMatchObject({ code: 'corrupt', retryable: false });

      expect(log.writable()).toBe(true);
      await log.append(logRecord(2));
    });

    it('replaces a producer after a fatal error', async () => {
      const lines: string[] = [];
      // With this guarantee a rejected record is a fatal error of the producer.
      const producerSettings = { 'enable.gapless.guarantee': true };
      const kafka = await openNarrow({ producerSettings, onWarning: (line) => lines.push(line) });
      await expect(kafka.log.append(large)).rejects.toSatisfy((error) => isFault(error));

      await vi.waitFor(() => kafka.log.append(logRecord(2)), PATIENCE);
      expect(lines).toContainEqual(expect.stringMatching(/the producer ended and is replaced/));
      const reader = join(kafka);
      await reader.sees(1);
      expect(reader.tickets()).toEqual([2]);
    });

    it('is not writable when the broker dies after a producer was replaced during its probe', async () => {
      const kafka = await openNarrow({
        producerSettings: { 'enable.gapless.guarantee': true },
        messageTimeoutMs: 2000,
      });
      const asked = vi.spyOn(ProducerSession.prototype, 'metadata');
      asked.mockRejectedValue(new Fault('unavailable', 'no answer'));
      await servers().signal('kafka', 'SIGSTOP');
      await expect(kafka.log.append(logRecord(1))).rejects.toMatchObject({ code: 'timeout' });
      expect(kafka.log.writable()).toBe(false);
      await servers().signal('kafka', 'SIGCONT');
      await vi.waitFor(() => expect(kafka.log.append(large)).rejects.toMatchObject({ code: 'corrupt' }), PATIENCE);
      asked.mockRestore();
      await vi.waitFor(() => kafka.log.append(logRecord(2)), PATIENCE);
      expect(kafka.log.writable()).toBe(true);

      await servers().stop('kafka', 'SIGKILL');
      await vi.waitFor(() => expect(kafka.log.writable()).toBe(false), PATIENCE);
    });
  });

  it('sends the records of a second to one partition', async () => {
    const kafka = await open();
    await kafka.ready;
    await Promise.all(logRecords(40).map((record) => kafka.log.append(record)));
    const reader = join(kafka);
    await reader.sees(40);

    // The second may end between two of them.
    expect(reader.byPartition().size).toBeLessThanOrEqual(2);
  });

  it('does not change a topic with fewer partitions, and warns', async () => {
    const topicPrefix = `${newName('t')}.`;
    const small = await open({ topicPrefix, partitions: 2 });
    await small.ready;
    const lines: string[] = [];
    const large = await open({ topicPrefix, partitions: 4, onWarning: (line) => lines.push(line) });
    await large.ready;

    expect(lines).toEqual([
      `Kafka: topic ${topicPrefix}orders has 2 partitions, not 4; it is not changed (brokers: ${brokers()})`,
    ]);
  });

  it('settles appends in flight before it closes', async () => {
    const kafka = await open();
    await kafka.ready;
    const appends = Promise.all(logRecords(200).map((record) => kafka.log.append(record)));
    await kafka.close();

    await expect(appends).resolves.toHaveLength(200);
    expect(kafka.log.writable()).toBe(false);
    await expect(kafka.log.append(logRecord(1))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
