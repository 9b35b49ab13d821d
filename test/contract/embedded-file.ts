import { join } from 'node:path';
import type { Engine } from '../../src/adapters/embedded/engine.ts';
import { openEngine } from '../../src/adapters/embedded/engine.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The built worker: Node 20 cannot run a worker from TypeScript. `npm test` builds first. */
export const BUILT_WORKER = new URL('../../dist/src/adapters/embedded/worker.js', import.meta.url);

/** An engine on a new file, which can be reopened and is removed at the end. */
export interface EmbeddedFile {
  readonly engine: Engine;
  readonly file: string;
  readonly reopen: () => Promise<Engine>;
  readonly close: () => Promise<void>;
}

export async function openEmbeddedFile(thread: URL | false = false): Promise<EmbeddedFile> {
  const folder = await tempFolder();
  const file = join(folder.path, 'test.db');
  const open = (): Promise<Engine> => openEngine({ file, thread });
  const engine = await open();
  let current = engine;
  return {
    engine,
    file,
    reopen: async () => {
      await current.close();
      current = await open();
      return current;
    },
    close: async () => {
      await current.close();
      await folder.remove();
    },
  };
}
