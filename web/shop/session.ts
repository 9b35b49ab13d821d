/** Kept for as long as the tab: a token is not for the disk. */
export interface Session {
  token(): string | undefined;
  keepToken(token: string | undefined): void;
  /** The key of a purchase of this sale whose answer never came: used again, it can't buy twice. */
  attempt(saleId: string): string | undefined;
  keepAttempt(saleId: string, key: string | undefined): void;
}

const TOKEN = 'floodgate.token';
const ATTEMPT = 'floodgate.attempt.';

/** @param storage `sessionStorage`, or what stands in for it where a browser keeps none */
export function createSession(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Session {
  const keep = (name: string, value: string | undefined): void => {
    if (value === undefined) storage.removeItem(name);
    else storage.setItem(name, value);
  };
  return {
    token: () => storage.getItem(TOKEN) ?? undefined,
    keepToken: (token) => keep(TOKEN, token),
    attempt: (saleId) => storage.getItem(ATTEMPT + saleId) ?? undefined,
    keepAttempt: (saleId, key) => keep(ATTEMPT + saleId, key),
  };
}

/** The token of a link like `/#token=…`; a fragment is not sent to any server and stands in no log. */
export function tokenOfFragment(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined;
}
