/** The part of the WebSocket API that is used; browsers, Node (22 and newer) and the package `ws` implement it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

/** The platform's own WebSocket. Errors: TypeError where there is none. */
export function platformWebSocket(): WebSocketClass {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketClass };
  if (WebSocket === undefined) throw new TypeError('this platform has no WebSocket; pass a class in options.WebSocket');
  return WebSocket;
}
