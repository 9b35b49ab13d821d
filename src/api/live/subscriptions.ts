import { isFault } from '../../domain/errors.ts';
import { isSaleId } from '../../domain/ids.ts';
import { isPublic, type Sale } from '../../domain/sale.ts';
import type { Sales } from '../../services/sales.ts';
import { constantProblem, problem, type Rendered } from '../http/problem.ts';
import { renderOutcome } from '../purchases/outcome.ts';
import { errorText, subscriptionText } from './server-frames.ts';
import type { LiveSession } from './session.ts';
import type { StockTopics } from './stock-topics.ts';

export interface SubscriptionsDeps {
  readonly sales: Pick<Sales, 'known' | 'find' | 'findPublic'>;
  readonly topics: StockTopics;
  /** Only admins may subscribe to drafts. */
  readonly isAdmin: (session: LiveSession) => boolean;
  /** Sales that one connection may subscribe to at once. */
  readonly max: number;
  /** A sale could not be looked up; the client has been answered. */
  readonly onFault: (fault: unknown, requestId: string) => void;
}

/** Which session is subscribed to which sale. Replies carry `id`, which is passed as JSON. */
export class Subscriptions {
  readonly #tooMany: (requestId: string) => Rendered;

  constructor(private readonly deps: SubscriptionsDeps) {
    this.#tooMany = constantProblem('rate_limited', {
      detail: `One connection may subscribe to ${deps.max} sales at once.`,
    });
  }

  subscribe(session: LiveSession, saleId: string, id: string, requestId: string): void {
    const { sales, max } = this.deps;
    const { subscriptions } = session;
    if (!isSaleId(saleId)) {
      refuse(session, id, unknownSale(requestId));
    } else if (!subscriptions.has(saleId) && subscriptions.size >= max) {
      refuse(session, id, this.#tooMany(requestId));
    } else {
      if (!subscriptions.has(saleId)) subscriptions.set(saleId, 'pending');
      const sale = sales.known(saleId);
      if (sale === undefined) void this.#lookUp(session, saleId, id, requestId);
      else this.#complete(session, saleId, sale, id, requestId);
    }
  }

  unsubscribe(session: LiveSession, saleId: string, id: string): void {
    if (session.subscriptions.get(saleId) === 'joined') this.deps.topics.leave(session.socket, saleId);
    session.subscriptions.delete(saleId);
    session.socket.send(subscriptionText('unsubscribed', id));
  }

  /** For a session that was closed. */
  removeAll({ socket, subscriptions }: LiveSession): void {
    for (const [saleId, state] of subscriptions) if (state === 'joined') this.deps.topics.leave(socket, saleId);
    subscriptions.clear();
  }

  async #lookUp(session: LiveSession, saleId: string, id: string, requestId: string): Promise<void> {
    const { sales, isAdmin } = this.deps;
    try {
      const sale = await (isAdmin(session) ? sales.find(saleId) : sales.findPublic(saleId));
      this.#complete(session, saleId, sale, id, requestId);
    } catch (fault) {
      removePending(session, saleId);
      refuse(session, id, problem(codeOf(fault), requestId));
      this.deps.onFault(fault, requestId);
    }
  }

  #complete(session: LiveSession, saleId: string, sale: Sale | undefined, id: string, requestId: string): void {
    if (sale === undefined || !(isPublic(sale) || this.deps.isAdmin(session))) {
      removePending(session, saleId);
      refuse(session, id, unknownSale(requestId));
      return;
    }
    if (sale.status === 'archived') {
      removePending(session, saleId);
      refuse(session, id, renderOutcome({ kind: 'archived' }, requestId));
      return;
    }
    const { socket, subscriptions } = session;
    const { topics } = this.deps;
    socket.send(subscriptionText('subscribed', id));
    // Undefined if the socket was closed or unsubscribed during the look-up.
    const state = subscriptions.get(saleId);
    if (state === 'pending') {
      subscriptions.set(saleId, 'joined');
      topics.join(socket, saleId);
    }
    if (state !== undefined) topics.sendLatest(socket, saleId);
  }
}

/** The answer that a purchase of such a sale gets. */
function unknownSale(requestId: string): Rendered {
  return renderOutcome({ kind: 'unknownSale' }, requestId);
}

function refuse({ socket }: LiveSession, id: string, answer: Rendered): void {
  socket.send(errorText(id, answer));
}

/** Another frame may have completed the subscription in the meantime: then it stays. */
function removePending({ subscriptions }: LiveSession, saleId: string): void {
  if (subscriptions.get(saleId) === 'pending') subscriptions.delete(saleId);
}

function codeOf(fault: unknown): 'recovering' | 'unavailable' | 'internal' {
  if (isFault(fault, 'fenced')) return 'recovering';
  return isFault(fault) && fault.retryable ? 'unavailable' : 'internal';
}
