import type { OrderJson, Phase, StockFrame } from '../../src/client/index.ts';
import { holdsTicket } from '../shop/orders.ts';
import { phaseAt } from '../shop/phase-at.ts';
import type { SaleJson } from '../shop/sale-json.ts';
import type { Shop } from '../shop/shop.ts';
import type { ShopState } from '../shop/state.ts';
import { momentText, moneyText } from '../text/format.ts';
import { OrderCard } from './order-card.tsx';
import { TOKEN_FIELD } from './sign-in.tsx';
import { StockLevel } from './stock-level.tsx';
import { TimeLeft } from './time-left.tsx';
import { useTimeLeft } from './use-time-left.ts';

export interface SaleCardProps {
  readonly shop: Shop;
  readonly sale: SaleJson;
  readonly stock: StockFrame | undefined;
  readonly orders: readonly OrderJson[];
  readonly notes: ShopState['notes'];
  readonly signedIn: boolean;
}

const PHASE_TEXTS: Readonly<Record<Phase, string>> = {
  draft: 'Draft',
  upcoming: 'Coming up',
  live: 'On sale',
  sold_out: 'Sold out',
  ended: 'Over',
  closed: 'Closed',
};

export function SaleCard({ shop, sale, stock, orders, notes, signedIn }: SaleCardProps) {
  const now = (): number | undefined => shop.now();
  const known = stock ?? sale;
  const opensAt = Date.parse(known.opensAt);
  // Drawn anew when it opens and when it ends, whoever says so first.
  useTimeLeft(opensAt, now);
  useTimeLeft(Date.parse(known.closesAt), now);
  const phase = phaseAt(known, now());
  const held = orders.filter(holdsTicket).length;
  const heading = `sale-${sale.id}`;

  return (
    <article class={`sale ${phase}`} aria-labelledby={heading}>
      {sale.imageUrl === undefined ? null : <img src={sale.imageUrl} alt="" loading="lazy" />}
      <p class="phase">
        <span class="state">{PHASE_TEXTS[phase]}</span> <span>{moneyText(sale.price)}</span>
      </p>
      <h3 id={heading}>{sale.title}</h3>
      {sale.description === '' ? null : <p>{sale.description}</p>}
      {phase === 'upcoming' ? (
        <p class="opening">
          Opens in <TimeLeft at={opensAt} now={now} />
          <small>{momentText(opensAt, now() ?? opensAt)}, your time</small>
        </p>
      ) : (
        <StockLevel remaining={known.remaining} total={known.total} />
      )}
      {signedIn || phase !== 'live' ? (
        <BuyButton
          sale={sale}
          blocked={blockedBy(phase, held >= sale.perBuyerLimit)}
          busy={notes[sale.id]?.tone === 'wait'}
          onBuy={() => shop.buy(sale.id)}
        />
      ) : (
        <button type="button" class="buy" onClick={() => document.getElementById(TOKEN_FIELD)?.focus()}>
          Sign in to buy<span class="unseen">: {sale.title}</span>
        </button>
      )}
      <p class={`note ${notes[sale.id]?.tone ?? ''}`} role="status">
        {notes[sale.id]?.text}
      </p>
      {orders.map((order) => (
        <OrderCard key={order.id} heading="h4" shop={shop} order={order} note={notes[order.id]} />
      ))}
    </article>
  );
}

/** What the button says instead of "Buy"; undefined when it buys. */
function blockedBy(phase: Phase, full: boolean): string | undefined {
  if (phase === 'upcoming') return 'Not open yet';
  if (full) return 'You have yours';
  return phase === 'live' ? undefined : PHASE_TEXTS[phase];
}

interface BuyButtonProps {
  readonly sale: SaleJson;
  readonly blocked: string | undefined;
  readonly busy: boolean;
  readonly onBuy: () => void;
}

/**
 * Never `disabled`: who waits for the opening with the keyboard would lose the focus, and could not have it before. It
 * says that it is of no use yet, and does nothing.
 */
function BuyButton({ sale, blocked, busy, onBuy }: BuyButtonProps) {
  const idle = blocked === undefined && !busy;
  return (
    <button type="button" class="buy" aria-disabled={!idle} onClick={() => idle && onBuy()}>
      {blocked ?? `Buy for ${moneyText(sale.price)}`}
      <span class="unseen">: {sale.title}</span>
    </button>
  );
}
