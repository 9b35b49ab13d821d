import { describe } from 'vitest';
import { openKafkaOrderLog } from '../../../src/adapters/kafka/order-log.ts';
import { kafkaTopics, TEST_KAFKA_BROKERS } from '../../support/kafka-topics.ts';
import { logAuditSourceContract } from './suite.ts';

describe.skipIf(TEST_KAFKA_BROKERS === undefined)('with TEST_KAFKA_BROKERS', () => {
  logAuditSourceContract('the log on Kafka', async () => {
    const { brokers, topicPrefix, drop } = kafkaTopics();
    const { log, auditSource, ready, close } = await openKafkaOrderLog({ brokers, topicPrefix, partitions: 3 });
    await ready;
    return {
      log,
      auditSource,
      close: async () => {
        await close();
        await drop();
      },
    };
  });
});
