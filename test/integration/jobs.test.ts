import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { JobJson } from '../../src/api/jobs/schema.ts';
import { totalOf } from '../../src/domain/order.ts';
import { poll } from '../../src/resilience/poll.ts';
import { type FloodgateProcess, MAIN, startFloodgate } from '../support/floodgate-process.ts';
import { createClient, inParallel } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const PAID = 2000;
const RESERVED = 300;
const TICKETS = 5000;
const LANES = 32;
const KILLS = 3;

let workspace: Workspace;
let server: FloodgateProcess;
let client: ReturnType<typeof createClient>;
let admin: string;

async function restart(): Promise<void> {
  client?.close();
  server = await startFloodgate(workspace.env);
  client = createClient(server.port, LANES);
}

beforeAll(async () => {
  workspace = await createWorkspace();
  admin = workspace.tokenOf('boss', 'admin');
  await workspace.publish({ id: 'concert', total: TICKETS, perBuyerLimit: 2 });
  await restart();
  await inParallel(PAID + RESERVED, LANES, async (n) => {
    const token = workspace.tokenOf(`buyer-${n}`);
    const { body } = await client.purchase({ saleId: 'concert', token, quantity: 1 + (n % 2) });
    const { id } = JSON.parse(body) as { readonly id: string };
    if (n < PAID) expect((await client.call('POST', `/v1/orders/${id}/pay`, token)).status).toBe(200);
  });
  await untilSettled(client);
});

afterAll(async () => {
  client?.close();
  await server?.kill('SIGTERM');
  await workspace?.remove();
});

async function jobOf(method: 'GET' | 'POST', path: string, body?: object): Promise<JobJson> {
  const answer = method === 'GET' ? await client.get(path, admin) : await client.call('POST', path, admin, body);
  return JSON.parse(answer.body) as JobJson;
}

/** The job as soon as it is so; reads it again and again, as an admin who watches it does. */
async function untilJob(id: string, until: (job: JobJson) => boolean): Promise<JobJson> {
  const read = () => jobOf('GET', `/v1/admin/jobs/${id}`);
  const job = await poll(read, { until, everyMs: 5, forMs: 60_000, clock: systemClock });
  expect(until(job), JSON.stringify(job)).toBe(true);
  return job;
}

const isDone = ({ state }: JobJson) => state === 'done';

async function floodgate(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: workspace.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}

async function jobByCommand(...args: readonly string[]): Promise<JobJson> {
  const { code, out, error } = await floodgate(...args, '--json');
  expect([code, error]).toEqual([0, '']);
  return JSON.parse(out) as JobJson;
}

test('a refund of all orders survives kill -9, is stopped and resumed, and refunds each order once', async () => {
  const request = { state: 'paid', reason: 'The concert is cancelled.', returnTickets: true };
  const { id, progress } = await jobOf('POST', '/v1/admin/sales/concert/refunds', request);
  expect(progress).toEqual({ total: PAID, done: 0, skipped: 0, givenBack: { amount: 0, currency: 'EUR' } });

  for (let kill = 1; kill <= KILLS; kill += 1) {
    // Somewhere within a batch.
    const killAt = (kill - 1) * 500 + 100 + Math.floor(Math.random() * 200);
    await untilJob(id, (job) => job.progress.done >= killAt);
    await server.kill('SIGKILL');
    await restart();
  }
  expect(await jobOf('POST', `/v1/admin/jobs/${id}/stop`)).toMatchObject({ state: 'stopped' });
  // The batch in progress is over, too, when the process is.
  await server.kill('SIGTERM');
  await restart();
  const stopped = await jobOf('GET', `/v1/admin/jobs/${id}`);
  expect(stopped.progress.done).toBeLessThan(PAID);
  const cancelled = await jobByCommand('sale', 'cancel-orders', 'concert', '--reason', 'wrong price');
  const { progress: cancels } = await untilJob(cancelled.id, isDone);
  expect(cancels).toEqual({ total: RESERVED, done: RESERVED, skipped: 0 });
  // While another job was done, this one stayed where it was.
  expect(await jobOf('GET', `/v1/admin/jobs/${id}`)).toEqual(stopped);
  expect(await jobOf('POST', `/v1/admin/jobs/${id}/resume`)).toMatchObject({ state: 'running' });
  const done = await untilJob(id, isDone);

  const { ports, close } = await workspace.open();
  try {
    const search = { saleId: 'concert', state: 'cancelled', order: 'oldest', limit: PAID + RESERVED + 1 } as const;
    const orders = (await ports.store.search(search)).filter(({ paidAt }) => paidAt !== undefined);
    expect(orders).toHaveLength(PAID);
    const refunds = (await Promise.all(orders.map((order) => ports.store.refundsOf(order.id)))).flat();
    // One of each, of all that it cost.
    expect(refunds.map(({ orderId, amount }) => [orderId, amount])).toEqual(
      orders.map((order) => [order.id, totalOf(order)]),
    );
    const amount = refunds.reduce((sum, refund) => sum + refund.amount.amount, 0);
    expect(done.progress).toEqual({ total: PAID, done: PAID, skipped: 0, givenBack: { amount, currency: 'EUR' } });
    const money = await ports.store.money('concert');
    expect(money).toMatchObject({ revenue: 0, captured: amount, givenBack: amount, refunded: PAID });
  } finally {
    await close();
  }
});

describe('after that', () => {
  test('all tickets of refunded and cancelled orders are on sale again', async () => {
    const left = async () => {
      const { body } = await client.get('/v1/admin/sales/concert/report', admin);
      return (JSON.parse(body) as { readonly remaining: number }).remaining;
    };
    const options = { until: (n: number) => n === TICKETS, everyMs: 50, forMs: 20_000, clock: systemClock };
    expect(await poll(left, options)).toBe(TICKETS);
  });

  test('jobs are listed, started, stopped and resumed by commands', async () => {
    const listed = await floodgate('job', 'list', '--sale', 'concert', '--state', 'done');
    expect([listed.code, listed.error]).toEqual([0, '']);
    expect(listed.out.trimEnd().split('\n')).toMatchObject([
      expect.stringMatching(
        / {2}cancel {2}concert {2}done {2}300 of 300 orders cancelled, 0 skipped {2}.* {2}wrong price$/,
      ),
      expect.stringMatching(/ {2}refund {2}.* orders refunded, .* EUR \(minor units\) given back {2}/),
    ]);
    const doneId = listed.out.split(' ')[0] as string;
    await server.kill('SIGTERM');
    // No scheduler is running: the job stays as it is.
    const refund = await jobByCommand('sale', 'refund', 'concert', '--reason', 'late', '--return-tickets');
    expect(refund).toMatchObject({ kind: 'refund', state: 'running', returnTickets: true, by: 'floodgate sale' });
    expect(await jobByCommand('job', 'stop', refund.id)).toMatchObject({ id: refund.id, state: 'stopped' });
    expect(await jobByCommand('job', 'resume', refund.id)).toMatchObject({ state: 'running' });
    expect(await jobByCommand('job', 'show', refund.id.toLowerCase())).toMatchObject({ state: 'running' });
    for (const [args, message] of [
      [['sale', 'refund', 'concert', '--reason', 'again'], `the job ${refund.id} does this already`],
      [['sale', 'refund', 'none', '--reason', 'x'], 'there is no sale none'],
      [['sale', 'refund', 'concert'], 'the reason is missing'],
      [['sale', 'refund', 'concert', '--reason', 'x'.repeat(251)], '--reason must be one line of 1 to 250 characters'],
      [['sale', 'cancel-orders', 'concert', '--reason', 'x', '--return-tickets'], '--return-tickets is for refunds'],
      [['job', 'stop', doneId], `the job ${doneId} is done: there is nothing to stop`],
      [['job', 'show', 'none'], 'there is no job none'],
      [['job', 'show'], 'the arguments are wrong'],
      [['job', 'list', 'concert'], 'the arguments are wrong'],
      [['job', 'list', '--state', 'lost'], "--state must be running, stopped, done, not 'lost'"],
    ] as const) {
      const { code, out, error } = await floodgate(...args);
      expect([code, out]).toEqual([1, '']);
      expect(error).toContain(message);
      expect(error.trimEnd().split('\n')).toHaveLength(1);
    }
    await restart();
    expect((await untilJob(refund.id, isDone)).progress).toMatchObject({ done: 0, skipped: 0 });
  });
});
