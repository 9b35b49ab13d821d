import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderLog } from '../../src/adapters/embedded/order-log.ts';
import { openKafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { encodeRecord } from '../../src/adapters/log-codec.ts';
import type { DeadLetter, OrderLog } from '../../src/ports/order-log.ts';
import { logRecord } from '../contract/fixtures.ts';
import { LogMember } from '../contract/order-log/member.ts';
import { MAIN } from '../support/floodgate-process.ts';
import { kafkaTopics, TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const RECORD = logRecord(1);
const GROUP = 'settlement';
const POISON: DeadLetter = {
  group: GROUP,
  partition: 0,
  offset: 7,
  reason: 'value out of range',
  attempts: 3,
  raw: encodeRecord(RECORD),
};
const MALFORMED: DeadLetter = { ...POISON, offset: 8, raw: '{"type":', reason: 'not JSON', attempts: 1 };

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
  // A replay makes no data folder of its own.
  const { close } = await workspace.open();
  await close();
});

afterEach(() => workspace.remove());

async function replay(env: Record<string, string>, ...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'replay', ...args], {
    env: { ...workspace.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

/** Lists, applies, and lists again. */
async function replaysOnce(
  env: Record<string, string>,
  withLog: (use: (log: OrderLog) => Promise<void>) => Promise<void>,
) {
  await withLog(async (log) => {
    await log.deadLetter(POISON);
    await log.deadLetter(MALFORMED);
  });

  const listed = await replay(env);
  expect(listed.code).toBe(0);
  expect(listed.out).toContain('settlement, partition 0, offset 7: value out of range (attempts: 3)\n  would append');
  expect(listed.out).toContain(RECORD.items[0]?.orderId);
  expect(listed.out).toContain('1 to append, 1 to keep; nothing was changed: --apply does it');

  const applied = await replay(env, '--apply', '--json');
  const lines = applied.out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { action: 'append', applied: true, offset: 7, saleId: RECORD.saleId, epoch: 1, appendedEpoch: 1 },
    { action: 'keep', applied: false, offset: 8, why: expect.stringContaining('not a record'), raw: MALFORMED.raw },
  ]);

  expect((await replay(env, '--apply')).out).toMatch(/^settlement, partition 0, offset 8[\s\S]*0 appended, 1 kept\n$/);
  await withLog(async (log) => {
    const member = new LogMember(log, { group: 'reader' });
    await member.sees(1);
    expect(member.records).toEqual([RECORD]);
    expect(await log.lag('none')).toBe(1);
    member.leave();
  });
}

describe('floodgate replay', () => {
  test('lists the dead letters of the embedded log, and replays each once', () =>
    replaysOnce({}, async (use) => {
      const engine = await openEngine({ file: join(workspace.dataDir, 'floodgate.db'), thread: false });
      await use(createEmbeddedOrderLog(engine));
      await engine.close();
    }));

  test.skipIf(TEST_KAFKA_BROKERS === undefined)('does the same on Kafka, with TEST_KAFKA_BROKERS', async () => {
    const { brokers, topicPrefix, drop } = kafkaTopics();
    await replaysOnce({ KAFKA_BROKERS: brokers.join(','), TOPIC_PREFIX: topicPrefix }, async (use) => {
      const { log, ready, close } = await openKafkaOrderLog({ brokers, topicPrefix, partitions: 3 });
      await ready;
      await use(log);
      await close();
    });
    await drop();
  });

  test('reports that there are no dead letters', async () => {
    expect(await replay({})).toEqual({ code: 0, out: 'there are no dead letters\n' });
  });
});
