import type { Order } from '../../domain/order.ts';
import { refusalOfToken } from '../auth/access.ts';
import type { Authenticator, AuthFailure, Principal } from '../auth/authenticator.ts';
import type { LiveClient } from './live-client.ts';
import { authText, errorText, orderText } from './server-frames.ts';

/** Who speaks on which socket: an order finds its buyer's sockets at once, however many others there are. */
export class Buyers {
  readonly #clients = new Map<string, Set<LiveClient>>();

  constructor(private readonly auth: Authenticator) {}

  /** From now on the socket is the token's user's. A token that is no good leaves it whose it was. */
  login(client: LiveClient, token: string, id: string, requestId: string): void {
    const authorization = `Bearer ${token}`;
    const principal = this.auth.authenticate(authorization);
    if (typeof principal === 'string') {
      client.socket.send(errorText(id, refusalOfToken(principal, requestId)));
      return;
    }
    this.gone(client);
    client.authorization = authorization;
    client.userId = principal.userId;
    this.#add(principal.userId, client);
    client.socket.send(authText(id, principal.userId));
  }

  gone(client: LiveClient): void {
    if (client.userId === undefined) return;
    const clients = this.#clients.get(client.userId);
    clients?.delete(client);
    if (clients?.size === 0) this.#clients.delete(client.userId);
  }

  /** Sends the order to its buyer's sockets; returns how many there were. */
  tell(order: Order): number {
    const clients = this.#clients.get(order.userId);
    if (clients === undefined) return 0;
    const text = orderText(order);
    let told = 0;
    for (const client of clients) {
      // A token that has expired shows nothing any more.
      if (typeof this.who(client) === 'string') continue;
      client.socket.send(text);
      told += 1;
    }
    return told;
  }

  /** As HTTP would judge a request with the same token now: it may have expired since it was shown. */
  who({ authorization }: LiveClient): Principal | AuthFailure {
    return this.auth.authenticate(authorization);
  }

  isAdmin(client: LiveClient): boolean {
    const principal = this.who(client);
    return typeof principal !== 'string' && principal.role === 'admin';
  }

  #add(userId: string, client: LiveClient): void {
    const clients = this.#clients.get(userId);
    if (clients === undefined) this.#clients.set(userId, new Set([client]));
    else clients.add(client);
  }
}
