import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'isLevelEnabled' | 'level'>;

export interface LogOptions {
  /** The least severe level that is written; `silent` writes nothing. */
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Fields added to every line. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** @default standard output, synchronous: the last line before a crash is the one that matters. */
  readonly to?: DestinationStream;
}

/** Fields that hold secrets, at the top level of a line or one level below. */
const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'password', 'secret', 'jwtSecret'];

/** One JSON object per line, with an RFC 3339 time and the level's name. No line contains a token or a password. */
export function createLog({ level, fields = {}, to = destination({ dest: 1, sync: true }) }: LogOptions): Log {
  return pino(
    {
      level,
      base: { pid: process.pid, ...fields },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: HIDDEN },
      hooks: { streamWrite: hideSecrets },
    },
    to,
  );
}

const HIDDEN = '[hidden]';

/** `Bearer …`, a bare JWT, and the password in a URL, anywhere in a line: drivers include them in their messages. */
const BEARER = /\bBearer\s+[\w.~+/=-]+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const URL_PASSWORD = /(\/\/[^\s/:@"]*):[^\s/@"]+@/g;

function hideSecrets(line: string): string {
  return line.replace(BEARER, `Bearer ${HIDDEN}`).replace(JWT, HIDDEN).replace(URL_PASSWORD, `$1:${HIDDEN}@`);
}
