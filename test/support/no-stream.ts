import type { HttpReply } from '../../src/ports/http.ts';

/** For replies of handlers that answer at once. */
export const noStream: HttpReply['stream'] = () => Promise.reject(new Error('answered in pieces'));
