import type { Config } from '../../config.ts';
import { type RevokeOutcome, type RevokeTokens, revokeTokens } from '../../services/token-admin.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import { awaitServer } from './await-server.ts';

/** Revokes a user's tokens beside running servers, which look for it each second. Errors: the Fault of the store. */
export async function revokeTokensOnce(revocation: Omit<RevokeTokens, 'by'>, config: Config): Promise<RevokeOutcome> {
  const { ports, close } = await openPorts(config, createLog({ level: 'warn', to: process.stderr }), { create: false });
  try {
    await awaitServer('the order store', () => ports.store.ping());
    return await revokeTokens({ ...revocation, by: 'floodgate token revoke' }, ports);
  } finally {
    await close();
  }
}
