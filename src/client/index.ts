export { createLiveClient, type LiveClient, type PurchaseOptions } from './live-client.ts';
export type { LiveClientOptions } from './live-connection.ts';
export type { LoginResult } from './login.ts';
export {
  MAX_QUANTITY,
  type OrderJson,
  type OrderState,
  type Phase,
  type ProblemJson,
  type StockFrame,
} from './protocol.ts';
export { isBought, type PurchaseAnswer, PurchaseUnanswered } from './purchases.ts';
export type { LiveState } from './reconnecting-socket.ts';
export type { WebSocketClass, WebSocketLike } from './web-socket.ts';
