/** What the benchmarks start as processes of their own. */
export const MAIN = new URL('../../src/main.js', import.meta.url);
export const ECHO = new URL('./echo-server.js', import.meta.url);
export const OPEN_LOOP = new URL('./open-loop.js', import.meta.url);
export const SOCKET_LOAD = new URL('./socket-load.js', import.meta.url);
export const FANOUT = new URL('./fanout-server.js', import.meta.url);
export const SALE_WATCH = new URL('./sale-watch.js', import.meta.url);
