/** Kept for the lifetime of the tab, so that the token is not stored on disk. */
export interface Session {
  token(): string | undefined;
  keepToken(token: string | undefined): void;
  /** The unanswered purchase in this sale: a retry with its key cannot buy twice. */
  attempt(saleId: string): Attempt | undefined;
  keepAttempt(saleId: string, attempt: Attempt | undefined): void;
}

export interface Attempt {
  readonly key: string;
  readonly quantity: number;
}

const TOKEN = 'floodgate.token';
const ATTEMPT = 'floodgate.attempt.';

/** @param storage `sessionStorage`, or a substitute */
export function createSession(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Session {
  const keep = (name: string, value: string | undefined): void => {
    if (value === undefined) storage.removeItem(name);
    else storage.setItem(name, value);
  };
  return {
    token: () => storage.getItem(TOKEN) ?? undefined,
    keepToken: (token) => keep(TOKEN, token),
    attempt: (saleId) => {
      const [quantity, key] = storage.getItem(ATTEMPT + saleId)?.split(' ') ?? [];
      return key === undefined ? undefined : { key, quantity: Number(quantity) };
    },
    keepAttempt: (saleId, attempt) => keep(ATTEMPT + saleId, attempt && `${attempt.quantity} ${attempt.key}`),
  };
}

/** The token in a link like `/#token=…`; a fragment is not sent to the server and appears in no log. */
export function tokenOfFragment(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined;
}

/**
 * Whether the page that linked here has this origin. A link from anywhere else, or one whose origin is hidden, may have been
 * made by anybody.
 *
 * @param referrer `document.referrer`
 */
export function isSameOrigin(referrer: string, origin: string): boolean {
  return URL.canParse(referrer) && new URL(referrer).origin === origin;
}
