/** Plain JavaScript, because dev/servers runs before anything is installed. */
const PORTS: string = '../../dev/servers/ports.mjs';

const ports = (await import(PORTS)) as { readonly freePort: (taken: ReadonlySet<number>) => Promise<number> };

/** A port that nothing listens on, outside the range that the system uses for outgoing connections. */
export function freePort(): Promise<number> {
  return ports.freePort(new Set());
}
