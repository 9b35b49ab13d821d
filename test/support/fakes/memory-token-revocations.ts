import type { RevocationChange, TokenRevocation, TokenRevocations } from '../../../src/ports/token-revocations.ts';

/** Revoked tokens in memory. */
export class MemoryTokenRevocations implements TokenRevocations {
  readonly #times = new Map<string, number>();
  #revision = 0;

  async revoke({ userId, notBefore }: RevocationChange): Promise<number> {
    const inForce = Math.max(notBefore, this.#times.get(userId) ?? 0);
    this.#times.set(userId, inForce);
    this.#revision += 1;
    return inForce;
  }

  async revision(): Promise<number> {
    return this.#revision;
  }

  async list({ after, limit }: { readonly after: string; readonly limit: number }): Promise<TokenRevocation[]> {
    return [...this.#times]
      .map(([userId, notBefore]) => ({ userId, notBefore }))
      .filter(({ userId }) => userId > after)
      .sort((a, b) => (a.userId < b.userId ? -1 : 1))
      .slice(0, limit);
  }
}
