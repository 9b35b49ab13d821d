import type * as NodeRdkafka from 'node-rdkafka';
import { Fault, messageOf } from '../../domain/errors.ts';
import { faultOf } from './faults.ts';

export type Kafka = (typeof NodeRdkafka)['default'];

/** librdkafka's settings by their own names. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

const importClient = async (): Promise<Kafka> => (await import('node-rdkafka')).default;

/**
 * The client is compiled from source, so it is an optional package: who has no use for Kafka never loads it.
 * Errors: Fault `config` when it is missing or was not compiled.
 */
export async function loadKafka(load: () => Promise<Kafka> = importClient): Promise<Kafka> {
  try {
    return await load();
  } catch (error) {
    const [reason] = messageOf(error).split('\n');
    throw new Fault('config', `the Kafka client can't be loaded, run \`npm rebuild node-rdkafka\`: ${reason}`, {
      cause: error,
    });
  }
}

/** Both kinds of client, as far as they connect alike. */
type Client = NodeRdkafka.Producer | NodeRdkafka.KafkaConsumer;

/** Resolves when a broker has answered. A client that could not be connected is of no more use. */
export function connect(client: Client, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Asking for no topic in particular keeps the answer small on clusters that hold thousands of them.
    client.connect({ allTopics: false, timeout: timeoutMs }, (error: unknown) => {
      if (error) reject(faultOf(error));
      else resolve();
    });
  });
}
