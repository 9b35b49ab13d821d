import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { TokenRevocation, TokenRevocations } from '../ports/token-revocations.ts';

export interface TokenAdminPorts {
  readonly tokenRevocations: Pick<TokenRevocations, 'revoke'>;
  readonly events?: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface RevokeTokens {
  readonly userId: string;
  /** Tokens issued earlier are revoked. Milliseconds since 1970. @default now */
  readonly before?: number | undefined;
  readonly by: string;
}

export type RevokeOutcome =
  | ({ readonly kind: 'revoked' } & TokenRevocation)
  /** The time has not come yet: the user could not sign in until then. */
  | { readonly kind: 'future' };

/**
 * Revokes all tokens of a user that were issued before a time: in force once it is stored, and on every front within a second.
 * Errors: those of the store.
 */
export async function revokeTokens(
  { userId, before, by }: RevokeTokens,
  { tokenRevocations, events, clock }: TokenAdminPorts,
): Promise<RevokeOutcome> {
  const at = clock.now();
  if (before !== undefined && before > at) return { kind: 'future' };
  const notBefore = await tokenRevocations.revoke({ userId, notBefore: before ?? at, at, by });
  events?.publish({ type: 'tokens' });
  return { kind: 'revoked', userId, notBefore };
}
