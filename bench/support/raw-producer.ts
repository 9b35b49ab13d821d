import type { Producer } from 'node-rdkafka';
import { connect, loadKafka } from '../../src/adapters/kafka/client.ts';

const CONNECT_TIMEOUT_MS = 5000;
const POLL_MS = 1;

export interface RawProducer {
  /** Resolves with the broker's acknowledgement. */
  produce(value: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Plain node-rdkafka with the same guarantees as Floodgate's log: idempotent, acknowledged by all in-sync replicas. */
export async function openRawProducer(brokers: string, topic: string): Promise<RawProducer> {
  const kafka = await loadKafka();
  const producer: Producer = new kafka.Producer(
    {
      'metadata.broker.list': brokers,
      'enable.idempotence': true,
      // As Floodgate does; without it the broker writes many times as much.
      'compression.codec': 'lz4',
      'linger.ms': 0,
      dr_cb: true,
    },
    { 'request.required.acks': -1 },
  );
  await connect(producer, CONNECT_TIMEOUT_MS);
  producer.on('delivery-report', (error, report) => (report.opaque as (error: unknown) => void)(error));
  const timer = setInterval(() => producer.poll(), POLL_MS);
  return {
    produce: (value) =>
      new Promise((resolve, reject) => {
        producer.produce(topic, null, value, null, null, (error: unknown) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      clearInterval(timer);
      await new Promise((resolve) => producer.disconnect(resolve));
    },
  };
}
