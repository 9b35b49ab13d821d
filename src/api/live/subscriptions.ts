import { isFault } from '../../domain/errors.ts';
import { isPublic, type Sale } from '../../domain/sale.ts';
import type { Sales } from '../../services/sales.ts';
import { constantProblem, problem, type Rendered } from '../http/problem.ts';
import { isSaleId } from '../sales/routes.ts';
import type { LiveClient } from './live-client.ts';
import { errorText, subscriptionText } from './server-frames.ts';
import type { StockTopics } from './stock-topics.ts';

export interface SubscriptionsDeps {
  readonly sales: Pick<Sales, 'known' | 'find'>;
  readonly topics: StockTopics;
  /** Drafts are the admin's only. */
  readonly isAdmin: (client: LiveClient) => boolean;
  /** Sales that one connection may subscribe to at once. */
  readonly max: number;
  /** A sale could not be looked up; the client was told. */
  readonly onFault: (fault: unknown, requestId: string) => void;
}

/** Who may look at which sale, and does. Replies carry `id`, which is given as JSON. */
export class Subscriptions {
  readonly #tooMany: (requestId: string) => Rendered;

  constructor(private readonly deps: SubscriptionsDeps) {
    this.#tooMany = constantProblem('rate_limited', {
      detail: `One connection may subscribe to ${deps.max} sales at once.`,
    });
  }

  subscribe(client: LiveClient, saleId: string, id: string, requestId: string): void {
    const { sales, max } = this.deps;
    if (!isSaleId(saleId)) {
      refuse(client, id, NO_SALE(requestId));
    } else if (!client.sales.has(saleId) && client.sales.size >= max) {
      refuse(client, id, this.#tooMany(requestId));
    } else {
      if (!client.sales.has(saleId)) client.sales.set(saleId, 'asked');
      const sale = sales.known(saleId);
      if (sale === undefined) void this.#lookUp(client, saleId, id, requestId);
      else this.#admit(client, saleId, sale, id, requestId);
    }
  }

  unsubscribe(client: LiveClient, saleId: string, id: string): void {
    if (client.sales.get(saleId) === 'joined') this.deps.topics.leave(client.socket, saleId);
    client.sales.delete(saleId);
    client.socket.send(subscriptionText('unsubscribed', id));
  }

  gone({ socket, sales }: LiveClient): void {
    for (const [saleId, subscription] of sales) if (subscription === 'joined') this.deps.topics.leave(socket, saleId);
    sales.clear();
  }

  async #lookUp(client: LiveClient, saleId: string, id: string, requestId: string): Promise<void> {
    try {
      this.#admit(client, saleId, await this.deps.sales.find(saleId), id, requestId);
    } catch (fault) {
      forget(client, saleId);
      refuse(client, id, problem(codeOf(fault), requestId));
      this.deps.onFault(fault, requestId);
    }
  }

  #admit(client: LiveClient, saleId: string, sale: Sale | undefined, id: string, requestId: string): void {
    if (sale === undefined || !(isPublic(sale) || this.deps.isAdmin(client))) {
      forget(client, saleId);
      refuse(client, id, NO_SALE(requestId));
      return;
    }
    const { socket, sales } = client;
    const { topics } = this.deps;
    socket.send(subscriptionText('subscribed', id));
    // Neither, when the socket was closed or unsubscribed while the sale was looked up.
    const subscription = sales.get(saleId);
    if (subscription === 'asked') {
      sales.set(saleId, 'joined');
      topics.join(socket, saleId);
    }
    if (subscription !== undefined) topics.show(socket, saleId);
  }
}

const NO_SALE = constantProblem('not_found', { detail: 'There is no such sale, or it is not published.' });

function refuse({ socket }: LiveClient, id: string, answer: Rendered): void {
  socket.send(errorText(id, answer));
}

/** Another frame may have joined it meanwhile: that one stands. */
function forget({ sales }: LiveClient, saleId: string): void {
  if (sales.get(saleId) === 'asked') sales.delete(saleId);
}

function codeOf(fault: unknown): 'recovering' | 'unavailable' | 'internal' {
  if (isFault(fault, 'fenced')) return 'recovering';
  return isFault(fault) && fault.retryable ? 'unavailable' : 'internal';
}
