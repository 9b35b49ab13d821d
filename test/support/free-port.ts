/** Plain JavaScript, as it runs before anything is installed. */
const PORTS: string = '../../dev/servers/ports.mjs';

const ports = (await import(PORTS)) as { readonly freePort: (taken: ReadonlySet<number>) => Promise<number> };

/** A port that nothing listens on, and that the system gives to no outgoing connection either. */
export function freePort(): Promise<number> {
  return ports.freePort(new Set());
}
