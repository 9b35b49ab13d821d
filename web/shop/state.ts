import type { LiveState, OrderJson, StockFrame } from '../../src/client/index.ts';
import type { SaleJson } from './sale-json.ts';

/** `wait`: something is under way. */
export type Tone = 'good' | 'bad' | 'wait';

export interface Note {
  readonly tone: Tone;
  readonly text: string;
}

export type User =
  | { readonly kind: 'out'; readonly note?: string }
  | { readonly kind: 'checking' }
  | { readonly kind: 'in'; readonly userId: string };

export interface ShopState {
  readonly live: LiveState;
  readonly user: User;
  /** Undefined until they were read for the first time. */
  readonly sales: readonly SaleJson[] | undefined;
  /** They could not be read the last time. */
  readonly salesAway: boolean;
  /** By sale. */
  readonly stocks: Readonly<Record<string, StockFrame>>;
  /** One's own, newest first. */
  readonly orders: readonly OrderJson[];
  /** What there is to say about a sale's purchase or an order, by the id of either. `wait` means that it is busy. */
  readonly notes: Readonly<Record<string, Note>>;
}

export const emptyState: ShopState = {
  live: 'connecting',
  user: { kind: 'out' },
  sales: undefined,
  salesAway: false,
  stocks: {},
  orders: [],
  notes: {},
};
