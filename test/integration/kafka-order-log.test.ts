import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KafkaConsumer } from 'node-rdkafka';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import { loadKafka } from '../../src/adapters/kafka/client.ts';
import type { KafkaLogOptions } from '../../src/adapters/kafka/options.ts';
import type { KafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { openKafkaOrderLog, topicNames } from '../../src/adapters/kafka/order-log.ts';
import { ProducerSession } from '../../src/adapters/kafka/producer-session.ts';
import { Fault, isFault } from '../../src/domain/errors.ts';
import { logRecord, logRecords, newName } from '../contract/fixtures.ts';
import type { MemberOptions } from '../contract/order-log/member.ts';
import { LogMember } from '../contract/order-log/member.ts';
import { makeTopic, TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { up } from '../support/servers.ts';

const MEMBER = fileURLToPath(new URL('../support/kafka-member.mjs', import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 10 };

/** Limit of the time in which a killed member's partitions have no reader. */
const REBALANCE = { timeout: 15_000, interval: 10 };

/** With a broker of its own, which is killed. */
describe.skipIf(TEST_KAFKA_BROKERS === undefined)('a failing Kafka, with TEST_KAFKA_BROKERS', () => {
  let servers: Servers;
  let brokers: string[];
  const opened: KafkaOrderLog[] = [];
  const members: LogMember[] = [];
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    servers = await up({ only: ['kafka'] });
    brokers = (servers.urls.KAFKA_BROKERS ?? '').split(',');
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    for (const member of members.splice(0)) member.leave();
    await Promise.all(opened.splice(0).map((one) => one.close(0)));
    // A failed test may have left it stopped.
    await servers.start('kafka');
  });
  afterAll(() => servers.stop());

  const open = async (options: Partial<KafkaLogOptions> = {}) => {
    const one = await openKafkaOrderLog({ brokers, topicPrefix: `${newName('t')}.`, partitions: 4, ...options });
    opened.push(one);
    return one;
  };
  const join = ({ log }: KafkaOrderLog, options: Partial<MemberOptions> = {}) => {
    const member = new LogMember(log, { group: newName('group'), ...options });
    members.push(member);
    return member;
  };

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

    await servers.stop('kafka', 'SIGKILL');
    await vi.waitFor(() => expect(refusals.length).toBeGreaterThan(0), PATIENCE);
    expect(kafka.log.writable()).toBe(false);
    await expect(kafka.log.ping()).rejects.toSatisfy((error) => isFault(error));
    await servers.start('kafka');
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
    await servers.stop('kafka');
    const lines: string[] = [];
    const kafka = await open({ onWarning: (line) => lines.push(line) });
    const reader = join(kafka);
    await vi.waitFor(() => expect(lines).not.toEqual([]), PATIENCE);

    expect(lines.every((line) => line.includes(brokers.join(',')))).toBe(true);
    expect(kafka.log.writable()).toBe(false);
    await expect(kafka.log.append(logRecord(1))).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(kafka.log.ping()).rejects.toMatchObject({ code: 'unavailable' });
    await servers.start('kafka');
    await kafka.ready;
    await kafka.log.append(logRecord(1));
    await reader.sees(1);
  });

  describe('with a topic that accepts small records only', () => {
    const large = { ...logRecord(1), items: logRecords(200).flatMap(({ items }) => items) };
    const openNarrow = async (options: Partial<KafkaLogOptions>) => {
      const topicPrefix = `${newName('t')}.`;
      await makeTopic(brokers, { name: topicNames(topicPrefix).orders, partitions: 1, maxMessageBytes: 2000 });
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
      await servers.signal('kafka', 'SIGSTOP');
      await expect(kafka.log.append(logRecord(1))).rejects.toMatchObject({ code: 'timeout' });
      expect(kafka.log.writable()).toBe(false);
      await servers.signal('kafka', 'SIGCONT');
      await vi.waitFor(() => expect(kafka.log.append(large)).rejects.toMatchObject({ code: 'corrupt' }), PATIENCE);
      asked.mockRestore();
      await vi.waitFor(() => kafka.log.append(logRecord(2)), PATIENCE);
      expect(kafka.log.writable()).toBe(true);

      await servers.stop('kafka', 'SIGKILL');
      await vi.waitFor(() => expect(kafka.log.writable()).toBe(false), PATIENCE);
    });
  });

  it("reassigns a killed member's partitions to the others", async () => {
    const topicPrefix = `${newName('t')}.`;
    const group = newName('group');
    const kafka = await open({ topicPrefix });
    await kafka.ready;
    const killed = fork(MEMBER, [brokers.join(','), topicPrefix, group]);
    processes.push(killed);
    const itsPartitions = new Set<number>();
    killed.on('message', (partition: number) => itsPartitions.add(partition));
    const survivor = join(kafka, { group });
    await vi.waitFor(async () => {
      await kafka.log.append(logRecord(1));
      expect(itsPartitions.size).toBe(2);
      expect(survivor.byPartition().size).toBeGreaterThanOrEqual(2);
    }, PATIENCE);

    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await vi.waitFor(() => expect([...survivor.byPartition().keys()].toSorted()).toEqual([0, 1, 2, 3]), REBALANCE);
    // What the killed one had read and not acknowledged is read again.
    await vi.waitFor(async () => expect(await kafka.log.lag(group)).toBe(0), PATIENCE);
  });

  it('moves some partitions of a member without room to another one', async () => {
    const kafka = await open();
    await kafka.ready;
    const group = newName('group');
    await Promise.all(logRecords(40).map((record) => kafka.log.append(record)));
    const stuck = join(kafka, { group, maxInFlight: 4, acks: false });
    await stuck.sees(1);
    const other = join(kafka, { group });
    await other.sees(1);
    const taken = new Set(other.byPartition().keys());
    expect(taken.size).toBeLessThan(4);

    stuck.acknowledgeFromNowOn();
    await vi.waitFor(() => {
      const tickets = new Set([...stuck.tickets(), ...other.tickets()]);
      expect(tickets.size).toBe(40);
    }, PATIENCE);
  });

  it('reads a partition that it lost while it had no room, once it is assigned to it again', async () => {
    const pause = vi.spyOn((await loadKafka()).KafkaConsumer.prototype, 'pause');
    const kafka = await open({ partitions: 2 });
    await kafka.ready;
    const group = newName('group');
    await Promise.all(logRecords(60).map((record) => kafka.log.append(record)));
    const stuck = join(kafka, { group, maxInFlight: 4, acks: false });
    await vi.waitFor(() => expect(pause).toHaveBeenCalled(), PATIENCE);
    const other = join(kafka, { group });
    await other.sees(1);

    stuck.acknowledgeFromNowOn();
    await stuck.sees(10);
    other.leave();
    await Promise.all(logRecords(60).map((record) => kafka.log.append(record)));
    await vi.waitFor(async () => expect(await kafka.log.lag(group)).toBe(0), PATIENCE);
  });

  it.each([
    ['of the reader', async () => 0],
    ['of the group', undefined],
  ])('replaces a reader that gets nothing of a partition, with positions %s', async (_, positionOf) => {
    const assign = vi.spyOn((await loadKafka()).KafkaConsumer.prototype, 'incrementalAssign');
    const lines: string[] = [];
    const topicPrefix = `${newName('t')}.`;
    const kafka = await open({ topicPrefix, partitions: 1, stuckAfterMs: 1500, onWarning: (line) => lines.push(line) });
    await kafka.ready;
    const reader = join(kafka, positionOf === undefined ? {} : { positionOf });
    await vi.waitFor(() => expect(assign).toHaveBeenCalled(), PATIENCE);
    // As a client that has lost its way: no code of ours has paused it.
    const [client] = assign.mock.contexts as KafkaConsumer[];
    client?.pause([{ topic: topicNames(topicPrefix).orders, partition: 0 }]);
    await kafka.log.append(logRecord(1));

    await vi.waitFor(() => expect(reader.tickets()).toEqual([1]), PATIENCE);
    expect(lines).toContainEqual(expect.stringMatching(/records of partition 0 are not delivered/));
  });

  it('commits nothing for revoked partitions', async () => {
    const kafka = await open();
    await kafka.ready;
    const group = newName('group');
    await Promise.all(logRecords(60).map((record) => kafka.log.append(record)));
    const first = join(kafka, { group, acks: false });
    await first.sees(60);
    const second = join(kafka, { group, acks: false });
    await vi.waitFor(() => expect(second.byPartition().size).toBe(2), PATIENCE);

    first.acknowledgeFromNowOn();
    await vi.waitFor(async () => expect(await kafka.log.lag(group)).toBe(second.entries.length), PATIENCE);
    second.acknowledgeFromNowOn();
    await vi.waitFor(async () => expect(await kafka.log.lag(group)).toBe(0), PATIENCE);
  });

  it('does not change a topic with fewer partitions, and warns', async () => {
    const topicPrefix = `${newName('t')}.`;
    const small = await open({ topicPrefix, partitions: 2 });
    await small.ready;
    const lines: string[] = [];
    const large = await open({ topicPrefix, partitions: 4, onWarning: (line) => lines.push(line) });
    await large.ready;

    expect(lines).toEqual([
      `Kafka: topic ${topicPrefix}orders has 2 partitions, not 4; it is not changed (brokers: ${brokers})`,
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
