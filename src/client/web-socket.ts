/** What is used of a WebSocket: the browser's, Node's own (22 and newer) and that of the package `ws` have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

/** The platform's own. Errors: TypeError where there is none. */
export function platformWebSocket(): WebSocketClass {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketClass };
  if (WebSocket === undefined) throw new TypeError('there is no WebSocket here; pass a class in options.WebSocket');
  return WebSocket;
}
