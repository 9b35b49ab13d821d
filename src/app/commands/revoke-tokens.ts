import type { Config } from '../../config.ts';
import { type RevokeOutcome, type RevokeTokens, revokeTokens } from '../../services/token-admin.ts';
import { awaitServer } from './await-server.ts';
import { withPorts } from './with-ports.ts';

/** Revokes a user's tokens beside running servers, which look for it each second. Errors: the Fault of the store. */
export function revokeTokensOnce(revocation: Omit<RevokeTokens, 'by'>, config: Config): Promise<RevokeOutcome> {
  return withPorts(config, async (ports) => {
    await awaitServer('the order store', () => ports.store.ping());
    return revokeTokens({ ...revocation, by: 'floodgate token revoke' }, ports);
  });
}
