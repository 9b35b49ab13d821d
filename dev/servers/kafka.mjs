import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, makeOnce } from './cache.mjs';
import { kafkaAnswers } from './probes.mjs';
import { find, run, Unsupported } from './run.mjs';

const VERSION = '4.1.0';
const POM = join(import.meta.dirname, 'kafka', 'pom.xml');
const DOWNLOAD_SECONDS = 10;

const jarFolder = () => cachedFolder(`kafka-${VERSION}`, [POM]);

/**
 * Warnings and errors go to the log file, where a broker that does not start says why. Without the second compiler (C2),
 * which for minutes takes more of two cores than the code that it compiles.
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

  missing: () =>
    find('java') === undefined || find('mvn') === undefined || existsSync(jarFolder())
      ? undefined
      : { what: `Kafka ${VERSION} (54 MB), by Maven`, seconds: DOWNLOAD_SECONDS },

  async prepare(log) {
    const java = find('java');
    if (java === undefined) throw new Unsupported('Kafka needs Java 17 or newer, and there is no java on the PATH');
    const jars = jarFolder();
    await makeOnce(jars, async (folder) => {
      if (find('mvn') === undefined)
        throw new Unsupported('Kafka is fetched by Maven, and there is no mvn on the PATH');
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
    // Kafka's own topics have three replicas by default, which a single broker can't hold.
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    // The default of 50 partitions costs a second when the first group joins.
    'offsets.topic.num.partitions=4',
    'group.initial.rebalance.delay.ms=0',
  ];
}
