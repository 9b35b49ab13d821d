import type { Config } from '../../config.ts';
import type { LiveState } from '../../ports/live-state.ts';
import type { Opened } from './opened.ts';

/** Connects on first use. Errors: Fault `config` if the URL can't be parsed. */
export async function openMongo({ url, poolSize }: NonNullable<Config['mongo']>): Promise<Opened<LiveState>> {
  const { createMongoLiveState } = await import('../../adapters/mongo/live-state.ts');
  const { live, close } = createMongoLiveState({ url, poolSize });
  return { port: live, close };
}
