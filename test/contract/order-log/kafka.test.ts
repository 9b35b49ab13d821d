import { describe } from 'vitest';
import type { KafkaOrderLog } from '../../../src/adapters/kafka/order-log.ts';
import { openKafkaOrderLog } from '../../../src/adapters/kafka/order-log.ts';
import { kafkaTopics, SPREAD, TEST_KAFKA_BROKERS } from '../../support/kafka-topics.ts';
import { orderLogContract } from './suite.ts';

describe.skipIf(TEST_KAFKA_BROKERS === undefined)('with TEST_KAFKA_BROKERS', () => {
  orderLogContract('kafka', async () => {
    const { brokers, topicPrefix, appendRaw, drop } = kafkaTopics();
    let opened: KafkaOrderLog;
    const open = async () => {
      opened = await openKafkaOrderLog({ brokers, topicPrefix, partitions: 3, ...SPREAD });
      await opened.ready;
      return opened.log;
    };
    return {
      log: await open(),
      reopen: async () => {
        await opened.close();
        return open();
      },
      appendRaw,
      close: async () => {
        await opened.close();
        await drop();
      },
    };
  });
});
