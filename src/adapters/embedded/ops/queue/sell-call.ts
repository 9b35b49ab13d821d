import type { Stock } from '../../../../domain/stock.ts';
import type { SoldSale } from '../../../../ports/atomic-sale.ts';
import type { ReserveReply } from '../../../../ports/ticket-queue.ts';
import type { PackedAnswer, PackedItems } from '../../sell-wire.ts';

export interface SellArgs {
  readonly sale: SoldSale;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: PackedItems;
  readonly maxAttempts: number;
  readonly maxEnded?: number;
}

export type SellReply =
  | {
      readonly kind: 'answered';
      readonly answers: readonly PackedAnswer[];
      readonly stock: Stock;
      /** The position of the log record of what was sold, and how many items it has. */
      readonly logged?: { readonly position: number; readonly items: number };
    }
  | Exclude<ReserveReply, { readonly kind: 'answered' }>;
