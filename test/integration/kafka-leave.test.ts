import type { KafkaConsumer, Message } from 'node-rdkafka';
import { describe, expect, it } from 'vitest';
import { type Kafka, loadKafka } from '../../src/adapters/kafka/client.ts';
import { GroupMember } from '../../src/adapters/kafka/group-member.ts';
import { OutageLog } from '../../src/adapters/kafka/outage-log.ts';
import { newName } from '../contract/fixtures.ts';
import { type Deferred, deferred } from '../support/deferred.ts';
import { makeTopic, TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';

/** librdkafka's log of a member that has its assignment and waits for the program's answer. */
const WAITS = /changed join state .* -> wait-assign-call/;

describe.skipIf(TEST_KAFKA_BROKERS === undefined)('leaving a group of Kafka, with TEST_KAFKA_BROKERS', () => {
  it('a member without partitions that is told so only while it leaves does not wait for ever', async () => {
    const kafka = await loadKafka();
    const brokers = (TEST_KAFKA_BROKERS ?? '').split(',');
    const topic = { name: newName('t'), partitions: 1, maxMessageBytes: 1000 };
    await makeTopic(brokers, topic);
    const lines: string[] = [];
    const group = newName('group');
    const join = (client: Kafka) =>
      new GroupMember({
        kafka: client,
        connection: { 'metadata.broker.list': brokers.join(',') },
        topic: topic.name,
        group,
        maxInFlight: 1,
        outage: new OutageLog((line) => lines.push(line)),
        stuckAfterMs: 60_000,
        ready: Promise.resolve(),
        next: () => {},
      });
    const owns = deferred();
    const owner = join(withConsumer(kafka, (consumer) => consumer.on('rebalance', () => owns.resolve())));
    await owns.promise;
    const isAssigned = deferred();
    const late = join(neverPolling(kafka, isAssigned));
    await isAssigned.promise;

    late.stop();
    await late.ended;
    owner.stop();
    await owner.ended;

    // Above all not that it did not disconnect in time: the client's thread would keep the process from ending.
    expect(lines).toEqual([]);
  });
});

/** The client, with each consumer shown to `made`. */
function withConsumer(kafka: Kafka, made: (consumer: KafkaConsumer) => void): Kafka {
  class Consumer extends kafka.KafkaConsumer {
    constructor(...settings: ConstructorParameters<typeof KafkaConsumer>) {
      super(...settings);
      made(this);
    }
  }
  return { ...kafka, KafkaConsumer: Consumer };
}

/** The client, with consumers whose rebalances are run only when they leave, because they fetch nothing. */
function neverPolling(kafka: Kafka, isAssigned: Deferred<void>): Kafka {
  class Idle extends kafka.KafkaConsumer {
    constructor(...[settings, topic]: ConstructorParameters<typeof KafkaConsumer>) {
      super({ ...settings, debug: 'cgrp' }, topic);
      this.on('event.log', (line: { readonly message: string }) => {
        if (WAITS.test(line.message)) isAssigned.resolve();
      });
    }
    override consume(...args: unknown[]): void {
      const done = args.at(-1) as (error: null, messages: Message[]) => void;
      setImmediate(() => done(null, []));
    }
  }
  return { ...kafka, KafkaConsumer: Idle };
}
