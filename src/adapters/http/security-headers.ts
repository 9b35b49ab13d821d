import type { HeaderPairs } from '../../ports/http.ts';

/** What every answer with a body carries. The contract's answers are data: no browser may take one for something else. */
export const SECURITY_HEADERS: HeaderPairs = [['x-content-type-options', 'nosniff']];
