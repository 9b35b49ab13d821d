export const SLOTS = 16_384;

/** CRC-16/XMODEM: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model */
const POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc;
});

/** The slot of a hash tag, which is what decides where keys with it are. */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] as number);
  return crc % SLOTS;
}

/** Which master (`host:port`) serves each slot; undefined where none does. */
export type SlotMap = (string | undefined)[];

/** Reads what CLUSTER SLOTS answered to somebody connected to `asked` (`host:port`). */
export function slotMapOf(raw: unknown, asked: string): SlotMap {
  const map: SlotMap = new Array(SLOTS).fill(undefined);
  for (const [first, last, [host, port]] of raw as [number, number, [string | null, number]][]) {
    map.fill(addressOf(host ?? '', port, asked), first, last + 1);
  }
  return map;
}

/** Where a `MOVED slot host:port` says that a slot is; undefined for any other message. */
export function movedTo(message: string, asked: string): string | undefined {
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
  return port === undefined ? undefined : addressOf(host ?? '', Number(port), asked);
}

/** A node that doesn't know its own name is where it was asked; `?` stands for a name that it was not told. */
function addressOf(host: string, port: number, asked: string): string {
  return `${host === '' || host === '?' ? asked.slice(0, asked.lastIndexOf(':')) : host}:${port}`;
}
