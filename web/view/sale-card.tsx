import { useState } from 'preact/hooks';
import { MAX_QUANTITY, type OrderJson, type Phase, type StockFrame } from '../../src/client/index.ts';
import { holdsTickets } from '../shop/orders.ts';
import { phaseAt } from '../shop/phase-at.ts';
import type { SaleJson } from '../shop/sale-json.ts';
import type { Shop } from '../shop/shop.ts';
import type { ShopState } from '../shop/state.ts';
import { countText, momentText, moneyText } from '../text/format.ts';
import { Countdown, useTimeLeft } from './clock.tsx';
import { OrderCard } from './order-card.tsx';
import { TOKEN_FIELD } from './sign-in.tsx';

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
  upcoming: 'Upcoming',
  live: 'On sale',
  paused: 'Paused',
  sold_out: 'Sold out',
  ended: 'Ended',
  closed: 'Closed',
  archived: 'Closed',
};

export function SaleCard({ shop, sale, stock, orders, notes, signedIn }: SaleCardProps) {
  const now = (): number | undefined => shop.now();
  const current = stock ?? sale;
  const opensAt = Date.parse(current.opensAt);
  // Rendered again when it opens and when it ends, by the clock or by the server.
  useTimeLeft(opensAt, now);
  useTimeLeft(Date.parse(current.closesAt), now);
  const phase = phaseAt(current, now());
  const held = orders.filter(holdsTickets).reduce((sum, order) => sum + order.quantity, 0);
  const most = Math.min(sale.perBuyerLimit - held, MAX_QUANTITY);
  const [chosen, choose] = useState(1);
  const quantity = Math.max(1, Math.min(chosen, most));
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
          Opens in <Countdown at={opensAt} now={now} />
          <small>{momentText(opensAt, now() ?? opensAt)}, your time</small>
        </p>
      ) : (
        <StockLevel remaining={current.remaining} total={current.total} />
      )}
      {most > 1 && (phase === 'live' || phase === 'upcoming') ? (
        <QuantityChoice sale={sale} most={most} quantity={quantity} onChoose={choose} />
      ) : null}
      {signedIn || phase !== 'live' ? (
        <BuyButton
          sale={sale}
          quantity={quantity}
          blocked={unavailableText(phase, most < 1)}
          busy={notes[sale.id]?.tone === 'wait'}
          onBuy={() => shop.buy(sale.id, quantity)}
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

/** The button's text instead of "Buy"; undefined when the user can buy. */
function unavailableText(phase: Phase, limitReached: boolean): string | undefined {
  if (phase === 'upcoming') return 'Not open yet';
  if (limitReached) return 'You’ve reached the limit';
  return phase === 'live' ? undefined : PHASE_TEXTS[phase];
}

interface QuantityChoiceProps {
  readonly sale: SaleJson;
  readonly most: number;
  readonly quantity: number;
  readonly onChoose: (quantity: number) => void;
}

function QuantityChoice({ sale, most, quantity, onChoose }: QuantityChoiceProps) {
  return (
    <label class="quantity">
      Tickets<span class="unseen">: {sale.title}</span>{' '}
      <select value={quantity} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {Array.from({ length: most }, (_, n) => (
          <option key={n} value={n + 1}>
            {n + 1}
          </option>
        ))}
      </select>
    </label>
  );
}

interface BuyButtonProps {
  readonly sale: SaleJson;
  readonly quantity: number;
  readonly blocked: string | undefined;
  readonly busy: boolean;
  readonly onBuy: () => void;
}

/**
 * `aria-disabled` instead of `disabled`: a disabled button cannot be focused, and a keyboard user who waits for the
 * opening needs the focus on it.
 */
function BuyButton({ sale, quantity, blocked, busy, onBuy }: BuyButtonProps) {
  const enabled = blocked === undefined && !busy;
  return (
    <button type="button" class="buy" aria-disabled={!enabled} onClick={() => enabled && onBuy()}>
      {blocked ?? `Buy${quantity === 1 ? '' : ` ${quantity}`} for ${moneyText(costOf(sale, quantity))}`}
      <span class="unseen">: {sale.title}</span>
    </button>
  );
}

function costOf({ price }: SaleJson, quantity: number): SaleJson['price'] {
  return { amount: price.amount * quantity, currency: price.currency };
}

/** How much is left, as a falling level; screen readers get the text beside it. */
function StockLevel({ remaining, total }: { readonly remaining: number; readonly total: number }) {
  const part = total > 0 ? remaining / total : 0;
  return (
    <div class="stock">
      <div class="level" aria-hidden="true">
        <div class="water" style={{ transform: `scaleX(${part})` }} />
      </div>
      <p>
        <b class="left">{countText(remaining)}</b> of {countText(total)} left
      </p>
    </div>
  );
}
