import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import type { KafkaLogOptions } from '../../src/adapters/kafka/options.ts';
import type { KafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { openKafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { newName } from '../contract/fixtures.ts';
import type { MemberOptions } from '../contract/order-log/member.ts';
import { LogMember } from '../contract/order-log/member.ts';
import { up } from './servers.ts';

export interface OwnKafka {
  /** The broker may be stopped: it runs again after each test. */
  readonly servers: () => Servers;
  readonly brokers: () => readonly string[];
  /** A log of topics of its own, with 4 partitions; it is closed after the test. */
  readonly open: (options?: Partial<KafkaLogOptions>) => Promise<KafkaOrderLog>;
  /** A member of a group, by default of its own; it leaves after the test. */
  readonly join: (kafka: KafkaOrderLog, options?: Partial<MemberOptions>) => LogMember;
}

/** For the tests of a `describe`: a broker that no other test uses. */
export function ownKafka(): OwnKafka {
  let servers: Servers;
  let brokers: string[];
  const opened: KafkaOrderLog[] = [];
  const members: LogMember[] = [];

  beforeAll(async () => {
    servers = await up({ only: ['kafka'] });
    brokers = (servers.urls.KAFKA_BROKERS ?? '').split(',');
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const member of members.splice(0)) member.leave();
    await Promise.all(opened.splice(0).map((one) => one.close(0)));
    // A failed test may have left it stopped.
    await servers.start('kafka');
  });
  afterAll(() => servers.stop());

  return {
    servers: () => servers,
    brokers: () => brokers,
    open: async (options = {}) => {
      const one = await openKafkaOrderLog({ brokers, topicPrefix: `${newName('t')}.`, partitions: 4, ...options });
      opened.push(one);
      return one;
    },
    join: ({ log }, options = {}) => {
      const member = new LogMember(log, { group: newName('group'), ...options });
      members.push(member);
      return member;
    },
  };
}
