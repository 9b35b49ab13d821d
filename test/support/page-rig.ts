import { setImmediate } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Sale } from '../../src/domain/sale.ts';
import { type FloodgateProcess, startFloodgate } from './floodgate-process.ts';
import { freePort } from './free-port.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The time limit for anything that a test waits for on the page. */
const TIMEOUT_MS = 10_000;

type NamedSale = Partial<Sale> & { readonly id: string };

export interface Visit {
  readonly userId?: string;
  readonly width?: number;
  readonly height?: number;
  /** Runs in the page before anything else. */
  readonly script?: string;
  /** How far the clock of the browser's machine is ahead, milliseconds. */
  readonly machineAheadMs?: number;
}

/**
 * The built program and a real Chromium, one of each for all tests of a file.
 *
 * @param executablePath TEST_CHROMIUM, which `npm test` sets for the files that name it
 */
export function pageRig(executablePath = '') {
  let workspace: Workspace;
  let server: FloodgateProcess;
  let browser: Browser;
  let port = 0;
  const pages: Page[] = [];
  const problems: string[] = [];

  const start = async (): Promise<void> => {
    server = await startFloodgate({ ...workspace.env, PORT: String(port) });
  };

  const putOnSale = async (sale: NamedSale): Promise<void> => {
    await workspace.publish({ title: `Sale ${sale.id}`, ...sale });
  };

  beforeAll(async () => {
    workspace = await createWorkspace();
    port = await freePort();
    await start();
    browser = await chromium.launch({ executablePath });
  });

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    // The console has every policy violation and every uncaught error.
    expect(problems.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.kill('SIGTERM');
    await workspace?.remove();
  });

  return {
    putOnSale,

    /** Publishes a sale from this process, and waits until the server lists it. */
    async publish(sale: NamedSale): Promise<void> {
      await putOnSale(sale);
      while (!(await salesOf(port)).includes(sale.id)) await setImmediate();
    },

    /** Opens the page in a new browser profile, signed in if there is a user. */
    async visit({ userId, width = 1_000, height = 800, script, machineAheadMs }: Visit = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: { width, height }, locale: 'en-US' });
      if (machineAheadMs !== undefined) await context.addInitScript(wrongClock(machineAheadMs));
      if (script !== undefined) await context.addInitScript(script);
      const page = await context.newPage();
      page.setDefaultTimeout(TIMEOUT_MS);
      pages.push(page);
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
      });
      const fragment = userId === undefined ? '' : `#token=${workspace.tokenOf(userId)}`;
      await page.goto(`http://127.0.0.1:${port}/${fragment}`);
      if (userId !== undefined) await confirmSignIn(page, userId);
      return page;
    },

    /** Kills the server without warning, and restarts it on the same port after `meanwhile`. */
    async killAndRestart(meanwhile: () => Promise<void>): Promise<void> {
      await server.kill('SIGKILL');
      await meanwhile();
      await start();
      // Chromium logs each refused connection, which is expected here.
      problems.splice(0, problems.length, ...problems.filter((text) => !text.includes('ERR_CONNECTION_REFUSED')));
    },

    url: () => `http://127.0.0.1:${port}`,
    tokenOf: (userId: string) => workspace.tokenOf(userId),
  };
}

async function salesOf(port: number): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/sales?limit=100`);
  const { items } = (await response.json()) as { readonly items: readonly { readonly id: string }[] };
  return items.map(({ id }) => id);
}

function wrongClock(aheadMs: number): string {
  return `{
    const RightDate = Date;
    globalThis.Date = class extends RightDate {
      constructor(...args) { if (args.length > 0) super(...args); else super(RightDate.now() + ${aheadMs}); }
      static now() { return RightDate.now() + ${aheadMs}; }
    };
  }`;
}

/** Agrees to the sign-in that the link asks for. */
export async function confirmSignIn(page: Page, userId: string): Promise<void> {
  await page.getByRole('button', { name: `Sign in as ${userId}`, exact: true }).click();
}

/** The card of a sale made by `publish`. */
export function cardOf(page: Page, saleId: string) {
  return page.getByRole('article', { name: `Sale ${saleId}` });
}
