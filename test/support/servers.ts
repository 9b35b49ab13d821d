import type { ServersTool } from '../../dev/servers/api.d.ts';

/** Plain JavaScript, so that it runs before anything is installed; its types are declared beside it. */
const TOOL: string = '../../dev/servers/index.mjs';

export const { up, down, status, Impossible } = (await import(TOOL)) as ServersTool;
