import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken } from '../../src/api/issue-token.ts';
import { loadConfig } from '../../src/config.ts';
import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { publish } from '../../src/services/publish.ts';
import { createLog } from '../../src/telemetry/log.ts';

const silent = createLog({ level: 'silent' });
const SECRET = 'a secret that only this test run knows, long enough';
const TOKEN_SECONDS = 3600;

/** The built program's ports: the embedded engine's thread exists in built form only. */
const { openPorts }: typeof import('../../src/app/ports.ts') = await import(
  new URL('../../dist/src/app/ports.js', import.meta.url).href
);

export interface Workspace {
  readonly dataDir: string;
  /** The settings of a process on this workspace. */
  readonly env: Record<string, string>;
  tokenOf(userId: string): string;
  /** Puts a sale on sale that is open now, unless `sale` says otherwise. */
  publish(sale: Partial<Sale> & { readonly id: string }): Promise<Sale>;
  /** Every stored order of a sale, and the tickets that the queue has left. */
  inspect(saleId: string): Promise<{ readonly orders: readonly Order[]; readonly remaining: number | undefined }>;
  remove(): Promise<void>;
}

/** A data folder of its own for the processes of one test. */
export async function createWorkspace(): Promise<Workspace> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-test-'));
  const env = { DATA_DIR: dataDir, JWT_SECRET: SECRET };

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
    tokenOf: (userId) => issueToken({ secret: SECRET, userId, role: 'buyer', ttlSeconds: TOKEN_SECONDS }),
    publish: (sale) => withPorts((ports) => publish({ ...draftOf(sale.id), ...sale }, ports)),
    inspect: (saleId) =>
      withPorts(async ({ store, queue }) => {
        const orders: Order[] = [];
        for (;;) {
          const before = orders.at(-1)?.id;
          const page = await store.orders({ saleId, limit: 200, ...(before === undefined ? {} : { before }) });
          orders.push(...page);
          if (page.length < 200) return { orders, remaining: await queue.remaining(saleId) };
        }
      }),
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
