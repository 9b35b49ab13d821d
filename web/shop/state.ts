import type { LiveState, OrderJson, StockFrame } from '../../src/client/index.ts';
import type { SaleJson } from './sale-json.ts';

/** `wait`: a request is in progress. */
export type Tone = 'good' | 'bad' | 'wait';

export interface Note {
  readonly tone: Tone;
  readonly text: string;
}

export type User =
  | { readonly kind: 'out'; readonly note?: string }
  | { readonly kind: 'checking'; readonly note?: string }
  | { readonly kind: 'in'; readonly userId: string };

/** A sign-in that a link asks for. Nothing happens until the user agrees: a link may come from anybody. */
export interface OfferedSignIn {
  readonly token: string;
  /** As the token says, unverified. */
  readonly userId: string;
}

export interface ShopState {
  readonly live: LiveState;
  /** The live connection was lost, or has never opened: what is shown is read every few seconds until it opens. */
  readonly polled: false | 'lost' | 'never';
  readonly user: User;
  readonly offered: OfferedSignIn | undefined;
  /** Undefined until they have been read for the first time. */
  readonly sales: readonly SaleJson[] | undefined;
  /** The last attempt to read them failed. */
  readonly salesUnavailable: boolean;
  /** By sale id. */
  readonly stocks: Readonly<Record<string, StockFrame>>;
  /** The user's own, newest first. */
  readonly orders: readonly OrderJson[];
  /** A note about a purchase or an order, by the id of its sale or order. `wait` means that it is busy. */
  readonly notes: Readonly<Record<string, Note>>;
}

export const emptyState: ShopState = {
  live: 'connecting',
  polled: false,
  user: { kind: 'out' },
  offered: undefined,
  sales: undefined,
  salesUnavailable: false,
  stocks: {},
  orders: [],
  notes: {},
};
