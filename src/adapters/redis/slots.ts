/** https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model */
const SLOTS = 16_384;

/** Which master (`host:port`) serves each slot; undefined where none does. */
export type SlotMap = (string | undefined)[];

/** Reads the reply to CLUSTER SLOTS; `asked` (`host:port`) is the node that sent it. */
export function slotMapOf(raw: unknown, asked: string): SlotMap {
  const map: SlotMap = new Array(SLOTS).fill(undefined);
  for (const [first, last, [host, port]] of raw as [number, number, [string | null, number]][]) {
    map.fill(addressOf(host ?? '', port, asked), first, last + 1);
  }
  return map;
}

/** The address in an error reply `MOVED slot host:port` of the node `asked`; undefined for any other message. */
export function movedTo(message: string, asked: string): string | undefined {
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
  return port === undefined ? undefined : addressOf(host ?? '', Number(port), asked);
}

/** A node that does not know its own host name (null, empty or `?`) is reachable where it was asked. */
function addressOf(host: string, port: number, asked: string): string {
  return `${host === '' || host === '?' ? asked.slice(0, asked.lastIndexOf(':')) : host}:${port}`;
}
