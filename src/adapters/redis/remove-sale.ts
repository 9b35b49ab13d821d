import { keysOf, SALE_KEYS } from './keys.ts';
import type { RedisServers } from './servers.ts';

/**
 * Frees all keys of a sale in one step; Redis returns their memory in the background, however large they are. Past the fence:
 * what is to be freed need not be complete. Without its 'incarnation' key, a load that was begun before is rejected.
 * Errors: as `RedisServers.call`.
 */
export async function removeSale(servers: RedisServers, prefix: string, saleId: string): Promise<void> {
  await servers.call(saleId, 'UNLINK', keysOf(prefix, saleId, SALE_KEYS));
}
