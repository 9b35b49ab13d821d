import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'isLevelEnabled' | 'level'>;

export interface LogOptions {
  /** The least severe lines that are written; `silent` writes none. */
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Fields of every line. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** @default the standard output, synchronously: the last line before a crash is the one that matters. */
  readonly to?: DestinationStream;
}

/** Fields that hold secrets, at the top of a line or one level down. */
const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'password', 'secret', 'jwtSecret'];

/** One JSON object a line, with RFC 3339 time and the level's name. No line carries a token or a password. */
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

/** `Bearer …`, a bare JWT, and the password in a URL, wherever they stand: drivers put them into their messages. */
const BEARER = /\bBearer\s+[\w.~+/=-]+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const URL_PASSWORD = /(\/\/[^\s/:@"]*):[^\s/@"]+@/g;

function hideSecrets(line: string): string {
  return line.replace(BEARER, `Bearer ${HIDDEN}`).replace(JWT, HIDDEN).replace(URL_PASSWORD, `$1:${HIDDEN}@`);
}
