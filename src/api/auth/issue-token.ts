import { createSigner } from 'fast-jwt';
import type { Role } from './authenticator.ts';

export interface IssueToken {
  readonly secret: string;
  readonly userId: string;
  readonly role: Role;
  readonly ttlSeconds: number;
}

/** A token that createAuthenticator accepts, valid from now on. */
export function issueToken({ secret, userId, role, ttlSeconds }: IssueToken): string {
  const sign = createSigner({ key: secret, algorithm: 'HS256', expiresIn: ttlSeconds * 1000 });
  return sign({ sub: userId, role });
}
