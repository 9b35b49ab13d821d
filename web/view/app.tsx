import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isOver, phaseAt } from '../shop/phase-at.ts';
import type { SaleJson } from '../shop/sale-json.ts';
import type { Shop } from '../shop/shop.ts';
import type { ShopState } from '../shop/state.ts';
import type { Store } from '../shop/store.ts';
import { ServerTime } from './clock.tsx';
import { OrderCard } from './order-card.tsx';
import { SaleCard } from './sale-card.tsx';
import { SignIn } from './sign-in.tsx';

export function App({ shop }: { readonly shop: Shop }) {
  const state = useStore(shop.store);
  const now = (): number | undefined => shop.now();
  return (
    <>
      <header>
        <p class="brand">Floodgate</p>
        <SignIn shop={shop} user={state.user} offered={state.offered} />
      </header>
      <main>
        <h1>Sales</h1>
        <p class="banner" role="status">
          {statusText(state)}
        </p>
        <SaleGroups shop={shop} state={state} />
        <OtherOrders shop={shop} state={state} />
      </main>
      <footer>
        <p>
          Server time: <ServerTime now={now} />
        </p>
        <p>
          <a href="/docs">API reference</a>
        </p>
      </footer>
      <div id="spoken" class="unseen" role="status" />
    </>
  );
}

/** What the user should know about the page's data; usually nothing. */
function statusText({ polled, sales, salesUnavailable }: ShopState): string {
  if (polled === 'lost') return 'The connection was lost. What you see may be out of date. Reconnecting…';
  if (sales === undefined)
    return salesUnavailable ? 'The sales can’t be loaded right now. Trying again…' : 'Loading sales…';
  if (sales.length === 0) return 'There are no sales yet.';
  return polled === 'never'
    ? 'There are no live updates on this connection: the page is refreshed every few seconds.'
    : '';
}

interface GroupProps {
  readonly shop: Shop;
  readonly state: ShopState;
}

function SaleGroups({ shop, state }: GroupProps) {
  const groups: Record<'open' | 'over', SaleJson[]> = { open: [], over: [] };
  for (const sale of state.sales ?? []) {
    const phase = phaseAt(state.stocks[sale.id] ?? sale, shop.now());
    // A sale that opens or sells out keeps its place: if its card moved, its button would lose the focus.
    groups[isOver(phase) ? 'over' : 'open'].push(sale);
  }
  const byOpening = (a: SaleJson, b: SaleJson): number => Date.parse(a.opensAt) - Date.parse(b.opensAt);
  const card = (sale: SaleJson) => (
    <li key={sale.id}>
      <SaleCard
        shop={shop}
        sale={sale}
        stock={state.stocks[sale.id]}
        orders={state.orders.filter(({ saleId }) => saleId === sale.id)}
        notes={state.notes}
        signedIn={state.user.kind !== 'out'}
      />
    </li>
  );
  return (
    <>
      <Group title="On sale and upcoming" cards={groups.open.sort(byOpening).map(card)} />
      <Group title="Ended" cards={groups.over.sort(byOpening).reverse().map(card)} />
    </>
  );
}

function Group({ title, cards }: { readonly title: string; readonly cards: readonly ComponentChildren[] }) {
  if (cards.length === 0) return null;
  const id = `group-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="cards">{cards}</ul>
    </section>
  );
}

/** Tickets of sales that are no longer listed. */
function OtherOrders({ shop, state }: GroupProps) {
  const listed = new Set(state.sales?.map(({ id }) => id));
  const others = state.sales === undefined ? [] : state.orders.filter(({ saleId }) => !listed.has(saleId));
  return (
    <Group
      title="Your other tickets"
      cards={others.map((order) => (
        <li key={order.id}>
          <OrderCard heading="h3" shop={shop} order={order} note={state.notes[order.id]} />
        </li>
      ))}
    />
  );
}

/** The store's value; the component is rendered again on each change. */
function useStore<T extends object>(store: Store<T>): T {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    // It may have changed between rendering and this effect.
    setValue(store.value);
    return store.subscribe(() => setValue(store.value));
  }, [store]);
  return value;
}
