import { chunked } from '../../domain/chunked.ts';
import { keysOf } from './keys.ts';
import type { RedisServers } from './servers.ts';

/**
 * Those of the sales that have unpublished reservations. Past the fence: a sale that is lost may be among them or not, since
 * each call for it is rejected anyway. Errors: as `RedisServers.call`.
 */
export async function withUnpublished(
  servers: RedisServers,
  prefix: string,
  saleIds: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let n = 0; n < saleIds.length; n += AT_ONCE) {
    const groups = chunked(saleIds.slice(n, n + AT_ONCE), servers.salesPerCommand);
    for (const some of await Promise.all(groups.map((group) => among(servers, prefix, group)))) found.push(...some);
  }
  return found;
}

/** As many as other work of the scheduler does not notice. */
const AT_ONCE = 250;

/** Most often none of them: only otherwise each is asked for. */
async function among(servers: RedisServers, prefix: string, saleIds: readonly string[]): Promise<readonly string[]> {
  const keys = saleIds.flatMap((saleId) => keysOf(prefix, saleId, ['pending']));
  const count = (await servers.call(saleIds[0] as string, 'EXISTS', keys)) as number;
  if (count === 0) return [];
  if (count === saleIds.length) return saleIds;
  const each = await Promise.all(saleIds.map((saleId) => among(servers, prefix, [saleId])));
  return each.flat();
}
