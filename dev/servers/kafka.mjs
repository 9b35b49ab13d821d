import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from './cache.mjs';
import { Impossible } from './impossible.mjs';
import { kafkaAnswers } from './probes.mjs';
import { find, run } from './run.mjs';

const VERSION = '4.1.0';
const POM = join(import.meta.dirname, 'kafka', 'pom.xml');

/**
 * Warnings and errors go to the log file; a broker that won't start says why there. Without the second compiler, which
 * takes more of two cores for minutes than what it compiles does.
 */
const JAVA = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** One broker that is its own controller (KRaft). */
export const kafka = {
  name: 'kafka',
  title: `Kafka ${VERSION}`,
  ports: ['kafka', 'kafkaController'],
  answers: (ports) => kafkaAnswers(ports.kafka),
  url: (ports) => ({ KAFKA_BROKERS: `127.0.0.1:${ports.kafka}` }),

  async prepare(log) {
    const java = find('java');
    if (java === undefined) throw new Impossible('Kafka needs Java 17 or newer, and there is no java on the PATH');
    const jars = await once(`kafka-${VERSION}`, [POM], async (folder) => {
      if (find('mvn') === undefined) throw new Impossible('Kafka is fetched by Maven, and there is no mvn on the PATH');
      log(`downloading Kafka ${VERSION} with Maven (54 MB)`);
      const to = [`-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
      await run('mvn', ['-B', '-q', '-ntp', '-f', POM, 'dependency:copy-dependencies', ...to]);
    });
    return { java, jars };
  },

  async plan({ tools, folder, ports, args }) {
    const data = join(folder, 'data');
    const settings = join(folder, 'server.properties');
    writeFileSync(settings, [...properties(ports, data), ...args, ''].join('\n'));
    const java = [...JAVA, '-cp', join(tools.jars, '*')];
    if (!existsSync(join(data, 'meta.properties'))) {
      // 22 characters of base64url; a leading dash would be read as an option.
      const cluster = `F${randomBytes(16).toString('base64url').slice(1, 22)}`;
      await run(tools.java, [...java, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', settings]);
    }
    return { command: tools.java, args: [...java, 'kafka.Kafka', settings], cwd: folder };
  },
};

function properties(ports, data) {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${ports.kafkaController}`,
    `listeners=PLAINTEXT://127.0.0.1:${ports.kafka},CONTROLLER://127.0.0.1:${ports.kafkaController}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${ports.kafka}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    // A single broker can't hold the three copies that Kafka's own topics ask for.
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // 50 partitions for the offsets of a few groups cost a second at the first join.
    'offsets.topic.num.partitions=4',
    'group.initial.rebalance.delay.ms=0',
  ];
}
