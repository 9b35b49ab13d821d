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

export interface ShopState {
  readonly live: LiveState;
  /** The live connection was lost, or has never opened: what is shown is read every few seconds until it opens. */
  readonly polled: false | 'lost' | 'never';
  readonly user: User;
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
  sales: undefined,
  salesUnavailable: false,
  stocks: {},
  orders: [],
  notes: {},
};
