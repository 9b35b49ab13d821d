import { useEffect, useRef } from 'preact/hooks';
import type { OrderJson } from '../../src/client/index.ts';
import type { Shop } from '../shop/shop.ts';
import type { Note } from '../shop/state.ts';
import { moneyText, ticketsText } from '../text/format.ts';
import { orderText } from '../text/order-text.ts';
import { Countdown, useTimeLeft } from './clock.tsx';

export interface OrderCardProps {
  readonly shop: Shop;
  readonly order: OrderJson;
  readonly note: Note | undefined;
  readonly heading: 'h3' | 'h4';
}

/** One of the user's orders, from reservation to payment or end. */
export function OrderCard({ shop, order, note, heading: Heading }: OrderCardProps) {
  const card = useRef<HTMLDivElement>(null);
  const acted = useRef(false);
  const { state } = order;
  useEffect(() => {
    // The button that was pressed has disappeared: move the focus to the card instead of losing it.
    if (state !== 'reserved' && acted.current) card.current?.focus();
  }, [state]);
  const act = (action: 'pay' | 'cancel'): void => {
    acted.current = true;
    shop[action](order);
  };
  return (
    <div class={`order ${state}`} ref={card} tabIndex={-1}>
      <Heading>{ticketsText(order.tickets)}</Heading>
      {state === 'reserved' ? <Unpaid shop={shop} order={order} busy={note?.tone === 'wait'} onAct={act} /> : null}
      <p class={`note ${note?.tone ?? ''}`} role="status">
        {note?.text ?? orderText(order)}
      </p>
    </div>
  );
}

interface UnpaidProps {
  readonly shop: Shop;
  readonly order: OrderJson;
  readonly busy: boolean;
  readonly onAct: (action: 'pay' | 'cancel') => void;
}

function Unpaid({ shop, order, busy, onAct }: UnpaidProps) {
  const now = (): number | undefined => shop.now();
  const payBy = Date.parse(order.payBy);
  const left = useTimeLeft(payBy, now);
  if (left === 0 && order.heldUntil !== undefined) return <p>Waiting for the result of your payment…</p>;
  if (left === 0) return <p>Your time to pay is over. Checking the order…</p>;
  return (
    <>
      <p>
        Yours if you pay within <Countdown at={payBy} now={now} />
      </p>
      <p class="actions">
        <button type="button" aria-disabled={busy} onClick={() => onAct('pay')}>
          Pay {moneyText(order.total)}
          <span class="unseen"> for {ticketsText(order.tickets).toLowerCase()}</span>
        </button>
        <button type="button" class="quiet" aria-disabled={busy} onClick={() => onAct('cancel')}>
          Cancel<span class="unseen"> {ticketsText(order.tickets).toLowerCase()}</span>
        </button>
      </p>
    </>
  );
}
