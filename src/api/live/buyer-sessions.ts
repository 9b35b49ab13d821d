import type { Order } from '../../domain/order.ts';
import { refusalOfToken } from '../auth/access.ts';
import type { Authenticator, AuthFailure, Principal } from '../auth/authenticator.ts';
import { authText, errorText, orderText } from './server-frames.ts';
import type { LiveSession } from './session.ts';

/** The authenticated sessions by buyer, so that an order reaches its buyer's sockets without a scan of all. */
export class BuyerSessions {
  readonly #sessions = new Map<string, Set<LiveSession>>();

  constructor(private readonly auth: Authenticator) {}

  /** Authenticates the session as the token's user. An invalid token leaves it as it was. */
  authenticate(session: LiveSession, token: string, id: string, requestId: string): void {
    const authorization = `Bearer ${token}`;
    const principal = this.auth.authenticate(authorization);
    if (typeof principal === 'string') {
      session.socket.send(errorText(id, refusalOfToken(principal, requestId)));
      return;
    }
    this.remove(session);
    session.authorization = authorization;
    session.userId = principal.userId;
    this.#add(principal.userId, session);
    session.socket.send(authText(id, principal.userId));
  }

  remove(session: LiveSession): void {
    if (session.userId === undefined) return;
    const sessions = this.#sessions.get(session.userId);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#sessions.delete(session.userId);
  }

  /** Sends the order to its buyer's sockets; returns to how many. */
  send(order: Order): number {
    const sessions = this.#sessions.get(order.userId);
    if (sessions === undefined) return 0;
    const text = orderText(order);
    let sent = 0;
    for (const session of sessions) {
      // An expired token no longer gives access to the orders.
      if (typeof this.principalOf(session) === 'string') continue;
      session.socket.send(text);
      sent += 1;
    }
    return sent;
  }

  /** Calls back with each session of the user whose token is no longer accepted because it was revoked. */
  eachRevoked(userId: string, found: (session: LiveSession) => void): void {
    for (const session of [...(this.#sessions.get(userId) ?? [])]) {
      if (this.principalOf(session) === 'revoked') found(session);
    }
  }

  /** Verified again on each call, as each HTTP request would be: the token may have expired. */
  principalOf({ authorization }: LiveSession): Principal | AuthFailure {
    return this.auth.authenticate(authorization);
  }

  isAdmin(session: LiveSession): boolean {
    const principal = this.principalOf(session);
    return typeof principal !== 'string' && principal.role === 'admin';
  }

  #add(userId: string, session: LiveSession): void {
    const sessions = this.#sessions.get(userId);
    if (sessions === undefined) this.#sessions.set(userId, new Set([session]));
    else sessions.add(session);
  }
}
