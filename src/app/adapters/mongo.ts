import type { Config } from '../../config.ts';
import type { LiveState } from '../../ports/live-state.ts';
import type { Opened } from './opened.ts';

/** Connects when first used. Errors: Fault `config` when the URL can't be read. */
export async function openMongo({ url, poolSize }: NonNullable<Config['mongo']>): Promise<Opened<LiveState>> {
  const { createMongoLiveState } = await import('../../adapters/mongo/live-state.ts');
  const { live, close } = createMongoLiveState({ url, poolSize });
  return { port: live, close };
}
