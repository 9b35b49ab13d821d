import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import type { KafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { openKafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { logRecord, newName } from '../contract/fixtures.ts';
import { LogMember } from '../contract/order-log/member.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { HAS_OWN_KAFKA, up } from '../support/servers.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };

describe.skipIf(TEST_KAFKA_BROKERS === undefined || !HAS_OWN_KAFKA)(
  'a Kafka with a login, with TEST_KAFKA_BROKERS',
  () => {
    let servers: Servers;
    let brokers: string[];
    let opened: KafkaOrderLog | undefined;

    beforeAll(async () => {
      const [kafka, kafkaController, login] = await Promise.all([freePort(), freePort(), freePort()]);
      const listeners = {
        PLAINTEXT: `127.0.0.1:${kafka}`,
        CONTROLLER: `127.0.0.1:${kafkaController}`,
        SASL_PLAINTEXT: `127.0.0.1:${login}`,
      };
      const named = (which: [string, string][]) => which.map(([name, address]) => `${name}://${address}`).join(',');
      const all = Object.entries(listeners);
      servers = await up({
        only: ['kafka'],
        way: 'local',
        ports: { kafka, kafkaController },
        args: {
          kafka: [
            `listeners=${named(all)}`,
            `advertised.listeners=${named(all.filter(([name]) => name !== 'CONTROLLER'))}`,
            'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
            'sasl.enabled.mechanisms=PLAIN',
            'listener.name.sasl_plaintext.plain.sasl.jaas.config=' +
              'org.apache.kafka.common.security.plain.PlainLoginModule required user_floodgate="right";',
          ],
        },
      });
      brokers = [listeners.SASL_PLAINTEXT];
    });
    afterEach(() => opened?.close(0));
    afterAll(() => servers.stop());

    const open = async (password: string, onWarning?: (line: string) => void) => {
      opened = await openKafkaOrderLog({
        brokers,
        topicPrefix: `${newName('t')}.`,
        partitions: 2,
        sasl: { mechanism: 'PLAIN', username: 'floodgate', password },
        ...(onWarning === undefined ? {} : { onWarning }),
      });
      return opened;
    };

    it('is written and read with the password', async () => {
      const { log, ready } = await open('right');
      await ready;
      await log.append(logRecord(1));
      const member = new LogMember(log, { group: newName('group') });
      await member.sees(1);
      member.leave();

      await expect(log.lag('no-group')).resolves.toBe(1);
    });

    it('is reported, and retried, with a wrong one', async () => {
      const lines: string[] = [];
      const { log } = await open('wrong', (line) => lines.push(line));

      await vi.waitFor(() => expect(lines.join()).toMatch(/authentication/i), PATIENCE);
      expect(log.writable()).toBe(false);
      await expect(log.append(logRecord(1))).rejects.toMatchObject({ code: 'unavailable' });
    });
  },
);
