import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KafkaConsumer } from 'node-rdkafka';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadKafka } from '../../src/adapters/kafka/client.ts';
import { topicNames } from '../../src/adapters/kafka/order-log.ts';
import { logRecord, logRecords, newName } from '../contract/fixtures.ts';
import { SPREAD, TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { ownKafka } from '../support/own-kafka.ts';

const MEMBER = fileURLToPath(new URL('../support/kafka-member.mjs', import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 10 };

/** Limit of the time in which a killed member's partitions have no reader. */
const REBALANCE = { timeout: 15_000, interval: 10 };

describe.skipIf(TEST_KAFKA_BROKERS === undefined)('members of a group, with TEST_KAFKA_BROKERS', () => {
  const { brokers, open, join } = ownKafka();
  const processes: ChildProcess[] = [];

  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
  });

  it("reassigns a killed member's partitions to the others", async () => {
    const topicPrefix = `${newName('t')}.`;
    const group = newName('group');
    const kafka = await open({ topicPrefix, ...SPREAD });
    await kafka.ready;
    const killed = fork(MEMBER, [brokers().join(','), topicPrefix, group]);
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
    const kafka = await open(SPREAD);
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
    const kafka = await open({ partitions: 2, ...SPREAD });
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
    const kafka = await open(SPREAD);
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
});
