import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../src/api/auth/authenticator.ts';
import { issueToken } from '../../src/api/auth/issue-token.ts';
import { loadConfig } from '../../src/config.ts';
import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { putOnSale } from './put-on-sale.ts';

const silent = createLog({ level: 'silent' });
const SECRET = 'a secret that only this test run knows, long enough';
const TOKEN_SECONDS = 3600;
const PAGE = 200;

/** The ports of the built program, because the embedded engine's thread exists only there. */
const built = (file: string) => import(new URL(`../../dist/src/app/${file}`, import.meta.url).href);
const { openPorts }: typeof import('../../src/app/adapters/open-ports.ts') = await built('adapters/open-ports.js');
const { seedWhenReady }: typeof import('../../src/app/seed.ts') = await built('seed.js');

export interface Inspection {
  readonly orders: readonly Order[];
  readonly remaining: number | undefined;
  readonly held: number | undefined;
  /** Reservations that are not marked as published. */
  readonly pending: number | undefined;
}

export interface Workspace {
  readonly dataDir: string;
  /** The settings of a process of this workspace. */
  readonly env: Record<string, string>;
  /** A buyer's by default. */
  tokenOf(userId: string, role?: Role): string;
  /** Publishes a sale, by default one that is open now. */
  publish(sale: Partial<Sale> & { readonly id: string }): Promise<Sale>;
  /** Every stored order of a sale, and the queue's counts of remaining, held and pending tickets. */
  inspect(saleId: string): Promise<Inspection>;
  /** The ports of the processes, for direct access. */
  open(): ReturnType<typeof openPorts>;
  /** Reads a sale repeatedly over connections that stay open. */
  sampler(saleId: string): Promise<Sampler>;
  remove(): Promise<void>;
}

export interface Sampler {
  /** Held and remaining tickets of one moment of the queue, and live orders of one moment of the store. */
  sample(): Promise<{ readonly held: number; readonly remaining: number; readonly live: number }>;
  close(): Promise<void>;
}

/** A data folder for the processes of one test; `servers` are the settings of the servers that they use. */
export async function createWorkspace(servers: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-test-'));
  const env = { DATA_DIR: dataDir, JWT_SECRET: SECRET, ...servers };

  const withPorts = async <T>(
    task: (ports: Awaited<ReturnType<typeof openPorts>>['ports']) => Promise<T>,
  ): Promise<T> => {
    const opened = await openPorts(loadConfig(env), silent);
    try {
      return await task(opened.ports);
    } finally {
      await opened.close();
    }
  };

  return {
    dataDir,
    env,
    tokenOf: (userId, role = 'buyer') => issueToken({ secret: SECRET, userId, role, ttlSeconds: TOKEN_SECONDS }),
    publish: (sale) =>
      withPorts((ports) => seedWhenReady(() => putOnSale({ ...draftOf(sale.id), ...sale }, ports), { log: silent })),
    inspect: (saleId) =>
      withPorts(async ({ store, auditSources }) => {
        const orders: Order[] = [];
        for (;;) {
          const before = orders.at(-1)?.id;
          const page = await store.orders({ saleId, limit: PAGE, ...(before === undefined ? {} : { before }) });
          orders.push(...page);
          if (page.length < PAGE) break;
        }
        const { remaining, held, pending } = (await auditSources.queue.snapshot(saleId)) ?? {};
        return { orders, remaining, held, pending };
      }),
    open: () => openPorts(loadConfig(env), silent),
    sampler: async (saleId) => {
      const { ports, close } = await openPorts(loadConfig(env), silent);
      await seedWhenReady(() => ports.queue.ping(), { log: silent });
      return {
        sample: async () => {
          const [snapshot, { states }] = await Promise.all([
            ports.auditSources.queue.snapshot(saleId),
            ports.store.counts(saleId),
          ]);
          if (snapshot === undefined) throw new Error(`the queue does not know ${saleId}`);
          return { held: snapshot.held, remaining: snapshot.remaining, live: states.reserved + states.paid };
        },
        close,
      };
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

function draftOf(id: string): Sale {
  const now = Date.now();
  return {
    id,
    productId: 'product-1',
    title: 'A sale',
    description: 'Of something scarce',
    price: { amount: 4999, currency: 'EUR' },
    total: 1000,
    perBuyerLimit: 1,
    opensAt: now - 1000,
    closesAt: now + 3_600_000,
    payWithinSeconds: 900,
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}
