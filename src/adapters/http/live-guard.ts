import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveSocket } from '../../ports/live-socket.ts';
import { CLOSES } from './live-limits.ts';

/**
 * Calls a handler of the API. What it throws costs its own socket; above the front it would end the process.
 */
export function guard(
  socket: Pick<LiveSocket, 'id' | 'close'>,
  onError: HttpFrontOptions['onError'],
  call: () => void,
): void {
  try {
    call();
  } catch (error) {
    try {
      onError(error, socket.id);
    } catch {
      // There is nobody left to tell.
    }
    socket.close(CLOSES.broken.code, CLOSES.broken.reason);
  }
}
