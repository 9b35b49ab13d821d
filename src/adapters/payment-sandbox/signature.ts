import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds by which a message's time may differ from our clock: enough for retries and inaccurate clocks, too few for replays. */
export const REPLAY_WINDOW_SECONDS = 300;

// Our own header has 80 characters, or 147 during a rotation of keys.
const MAX_HEADER_LENGTH = 1024;
const TIMESTAMP = /^[0-9]{1,12}$/;
// Lower case only, so that a signature has one representation.
const SIGNATURE = /^[0-9a-f]{64}$/;

export interface Signed {
  /** The header as received: `t=<seconds>,v1=<hex>`, with one `v1` for each key of the sender. */
  readonly header: string;
  readonly body: Uint8Array;
}

/** The value of the Floodgate-Signature header: HMAC-SHA256 of `<seconds>.<body>`, in hex. */
export function sign(secret: string, body: string | Uint8Array, atSeconds: number): string {
  return `t=${atSeconds},v1=${digestOf(secret, String(atSeconds), body).toString('hex')}`;
}

/**
 * Verifies a message: undefined if it is authentic, else what is wrong. The signature is checked first, so that the sender
 * of a forged message does not learn whether its time was right.
 */
export function signatureError(
  secret: string,
  { header, body }: Signed,
  nowMs: number,
): 'signature' | 'timestamp' | undefined {
  const parts = partsOf(header);
  if (parts === undefined) return 'signature';
  const expected = digestOf(secret, parts.timestamp, body);
  let matches = false;
  // Always all of them, so that the time taken does not reveal which one matched.
  for (const signature of parts.signatures) {
    matches = timingSafeEqual(expected, Buffer.from(signature, 'hex')) || matches;
  }
  if (!matches) return 'signature';
  return Math.abs(nowMs / 1000 - Number(parts.timestamp)) > REPLAY_WINDOW_SECONDS ? 'timestamp' : undefined;
}

function partsOf(header: string): { readonly timestamp: string; readonly signatures: readonly string[] } | undefined {
  if (header.length > MAX_HEADER_LENGTH) return undefined;
  const signatures: string[] = [];
  let timestamp: string | undefined;
  for (const part of header.split(',')) {
    const cut = part.indexOf('=');
    const name = part.slice(0, cut);
    const value = part.slice(cut + 1);
    if (name === 't') {
      // With two times it would be unclear which one was signed.
      if (timestamp !== undefined || !TIMESTAMP.test(value)) return undefined;
      timestamp = value;
    } else if (name === 'v1') {
      if (!SIGNATURE.test(value)) return undefined;
      signatures.push(value);
    }
  }
  return timestamp === undefined || signatures.length === 0 ? undefined : { timestamp, signatures };
}

/** The time is used as it was written: `01` and `1` are different messages. */
function digestOf(secret: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}
