import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../simulator/core/random.ts';
import { type Answer, createClient } from '../support/http-client.ts';
import type { Notebook } from './notebook.ts';

export interface AdminOptions {
  readonly port: number;
  readonly seed: number;
  readonly token: string;
  readonly saleId: string;
  readonly notebook: Notebook;
}

export interface Admin {
  /** Resolves when the sale is resumed. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 6000;
const SELLS_MS = [1500, 6000] as const;
const PAUSED_MS = [200, 1200] as const;
const RETRY_MS = 200;

/** Pauses and resumes a sale again and again, each until it is done. */
export function startAdmin({ port, seed, token, saleId, notebook }: AdminOptions): Admin {
  const client = createClient(port, 1, { timeoutMs: PATIENCE_MS });
  const random = new Random(seed);
  const stopping = new AbortController();

  const until200 = async (act: 'pause' | 'resume'): Promise<void> => {
    for (;;) {
      const path = `/v1/admin/sales/${saleId}/${act}`;
      const answer: Answer | undefined = await client.call('POST', path, token).catch(() => undefined);
      notebook.count(`${act}: ${answer?.status ?? 'no answer'}`);
      if (answer?.status === 200) return;
      await delay(RETRY_MS);
    }
  };

  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Rejects when it is to stop, which ends the loop.
      await delay(random.between(...SELLS_MS), undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await until200('pause');
      const from = Date.now();
      await delay(random.between(...PAUSED_MS));
      notebook.pauses.push({ saleId, from, to: Date.now() });
      await until200('resume');
    }
  };

  const done = rounds();
  return {
    stop: async () => {
      stopping.abort();
      await done;
      client.close();
    },
  };
}
