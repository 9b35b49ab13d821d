import { readFileSync } from 'node:fs';
import { Fault, messageOf } from '../../domain/errors.ts';

/** TLS options of mysql2. */
export interface MysqlTls {
  readonly rejectUnauthorized: boolean;
  /** Whether the certificate must be for the URL's host. */
  readonly verifyIdentity: boolean;
  readonly ca?: string;
}

export interface MysqlUrl {
  /** Without the parameters for TLS. */
  readonly url: string;
  /** A profile of mysql2, its options, or undefined for no TLS. */
  readonly ssl: MysqlTls | string | object | undefined;
}

const VERIFIED: MysqlTls = { rejectUnauthorized: true, verifyIdentity: true };
const CA_ONLY: MysqlTls = { rejectUnauthorized: true, verifyIdentity: false };
/** What MySQL means by REQUIRED: encrypted, without a check of who the server is. */
const ENCRYPTED: MysqlTls = { rejectUnauthorized: false, verifyIdentity: false };

/** The spellings of MySQL's own clients, of Go's, Java's and Python's drivers, and of PostgreSQL, which people mix up. */
const MODES: Readonly<Record<string, MysqlTls | undefined>> = {
  false: undefined,
  '0': undefined,
  disable: undefined,
  disabled: undefined,
  true: VERIFIED,
  '1': VERIFIED,
  require: ENCRYPTED,
  required: ENCRYPTED,
  skipverify: ENCRYPTED,
  verifyca: CA_ONLY,
  verifyfull: VERIFIED,
  verifyidentity: VERIFIED,
};

const MODE_PARAMETERS = ['ssl', 'tls', 'sslmode', 'usessl'];
const CA_PARAMETERS = ['sslca', 'sslrootcert', 'tlsca'];

/** Other parameters that mysql2 reads and that change nothing on which a statement here depends. */
const OTHER_PARAMETERS = [
  'compress',
  'enablekeepalive',
  'keepaliveinitialdelay',
  'localaddress',
  'socketpath',
  'charset',
];

/**
 * Reads the TLS parameters of MYSQL_URL. What can't be honoured is refused: mysql2 ignores parameters that it does not know,
 * and would connect in plain text where TLS was asked for. Errors: Fault `config`.
 */
export function parseMysqlUrl(text: string): MysqlUrl {
  if (!URL.canParse(text)) throw refused('is not a valid URL');
  const url = new URL(text);
  let mode: { readonly name: string; readonly ssl: MysqlUrl['ssl'] } | undefined;
  let ca: string | undefined;
  for (const [name, value] of [...url.searchParams]) {
    const plain = plainName(name);
    if (MODE_PARAMETERS.includes(plain)) {
      if (mode !== undefined) throw refused(`has both ${mode.name} and ${name}: give one of them`);
      mode = { name, ssl: plain === 'ssl' ? sslOf(name, value) : modeOf(name, value) };
    } else if (CA_PARAMETERS.includes(plain)) ca = readCa(name, value);
    else if (OTHER_PARAMETERS.includes(plain)) continue;
    else throw refused(`has a parameter that is not known: ${name}; for TLS use ssl-mode=REQUIRED or VERIFY_IDENTITY`);
    url.searchParams.delete(name);
  }
  return { url: url.href, ssl: ca === undefined ? mode?.ssl : withCa(mode, ca) };
}

function withCa(mode: { readonly name: string; readonly ssl: MysqlUrl['ssl'] } | undefined, ca: string): object {
  const ssl = mode === undefined ? VERIFIED : mode.ssl;
  if (typeof ssl !== 'object') throw refused(`has a CA file, which ${mode?.name} does not use`);
  // A CA to verify with, and no verification: the stricter one is meant.
  return { ...(ssl === ENCRYPTED ? CA_ONLY : ssl), ca };
}

/** `ssl` may also be a profile of mysql2, or its options as JSON. */
function sslOf(name: string, value: string): MysqlUrl['ssl'] {
  if (value.startsWith('{')) {
    try {
      return JSON.parse(value) as object;
    } catch {
      throw refused(`has ${name} with malformed JSON`);
    }
  }
  return value === 'Amazon RDS' ? value : modeOf(name, value);
}

function modeOf(name: string, value: string): MysqlTls | undefined {
  const mode = plainName(value);
  if (Object.hasOwn(MODES, mode)) return MODES[mode];
  throw refused(`has ${name}=${value}, which can't be honoured: use DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY`);
}

function readCa(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refused(`has ${name}, which can't be read: ${messageOf(error)}`);
  }
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

function refused(what: string): Fault {
  return new Fault('config', `MYSQL_URL ${what}`);
}
