import type { ComponentChildren } from 'preact';
import { phaseAt } from '../shop/phase-at.ts';
import type { SaleJson } from '../shop/sale-json.ts';
import type { Shop } from '../shop/shop.ts';
import type { ShopState } from '../shop/state.ts';
import { OrderCard } from './order-card.tsx';
import { SaleCard } from './sale-card.tsx';
import { ServerTime } from './server-time.tsx';
import { SignIn } from './sign-in.tsx';
import { useStore } from './use-store.ts';

export function App({ shop }: { readonly shop: Shop }) {
  const state = useStore(shop.store);
  const now = (): number | undefined => shop.now();
  return (
    <>
      <header>
        <p class="brand">Floodgate</p>
        <SignIn shop={shop} user={state.user} />
      </header>
      <main>
        <h1>Sales</h1>
        <p class="banner" role="status">
          {trouble(state)}
        </p>
        <SaleGroups shop={shop} state={state} />
        <OtherOrders shop={shop} state={state} />
      </main>
      <footer>
        <p>
          The server’s time: <ServerTime now={now} />
        </p>
        <p>
          <a href="/docs">The API behind this page</a>
        </p>
      </footer>
      <div id="spoken" class="unseen" role="status" />
    </>
  );
}

/** What is wrong with what one sees; nothing, most of the time. */
function trouble({ live, sales, salesAway }: ShopState): string {
  if (live === 'waiting') return 'The connection is lost. What you see may be old; reconnecting…';
  if (sales === undefined) return salesAway ? 'The sales can’t be read right now. Trying again…' : 'Looking for sales…';
  return sales.length === 0 ? 'There is nothing on sale yet.' : '';
}

interface GroupProps {
  readonly shop: Shop;
  readonly state: ShopState;
}

function SaleGroups({ shop, state }: GroupProps) {
  const groups: Record<'open' | 'over', SaleJson[]> = { open: [], over: [] };
  for (const sale of state.sales ?? []) {
    const phase = phaseAt(state.stocks[sale.id] ?? sale, shop.now());
    // What opens or sells out stays where it is: a card that moved would take the focus of its button along.
    groups[phase === 'ended' || phase === 'closed' ? 'over' : 'open'].push(sale);
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
      <Group title="On sale and coming up" cards={groups.open.sort(byOpening).map(card)} />
      <Group title="Over" cards={groups.over.sort(byOpening).reverse().map(card)} />
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

/** Tickets of sales that are not listed any more. */
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
