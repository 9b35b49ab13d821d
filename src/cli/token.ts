import { parseArgs } from 'node:util';
import { isUserId } from '../api/auth/authenticator.ts';
import { issueToken } from '../api/auth/issue-token.ts';
import { parseTime } from '../api/http/parse-time.ts';
import { existingJwtSecret } from '../app/process/jwt-secret.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DURATION = /^([1-9]\d{0,8})([smhd])$/;

export async function token([action, ...rest]: readonly string[]): Promise<number> {
  if (action === 'revoke') return revoke(rest);
  const { values } = parseArgs({
    args: action === undefined ? [] : [action, ...rest],
    options: {
      user: { type: 'string' },
      role: { type: 'string', default: 'buyer' },
      ttl: { type: 'string', default: '1h' },
    },
  });
  const { role } = values;
  const user = userIn(values.user);
  if (role !== 'buyer' && role !== 'admin') throw new Fault('config', `--role must be buyer or admin, not '${role}'`);
  const config = loadConfig();
  const secret = await existingJwtSecret(config.dataDir, config.jwtSecret);
  process.stdout.write(`${issueToken({ secret, userId: user, role, ttlSeconds: secondsOf(values.ttl) })}\n`);
  return 0;
}

/** Revokes the tokens that a user was issued before a time. */
async function revoke(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { user: { type: 'string' }, before: { type: 'string' } } });
  const userId = userIn(values.user);
  const before = values.before === undefined ? undefined : parseTime(values.before);
  if (values.before !== undefined && before === undefined)
    throw new Fault('config', `--before must be a time such as 2026-11-21T09:06:55Z, not '${values.before}'`);
  const { revokeTokensOnce } = await import('../app/commands/revoke-tokens.ts');
  const outcome = await revokeTokensOnce({ userId, before }, loadConfig());
  if (outcome.kind === 'future') throw new Fault('config', '--before must not be in the future');
  const since = new Date(outcome.notBefore).toISOString();
  process.stdout.write(`Tokens of ${userId} that were issued before ${since} are revoked.\n`);
  return 0;
}

function userIn(user: string | undefined): string {
  if (user === undefined || user === '') throw new Fault('config', 'the user is missing: --user u1');
  if (isUserId(user)) return user;
  throw new Fault(
    'config',
    '--user must be 1 to 128 printable ASCII characters without spaces: the server accepts no other',
  );
}

function secondsOf(ttl: string): number {
  const [, count, unit] = DURATION.exec(ttl) ?? [];
  const seconds = Number(count) * (SECONDS_OF[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(seconds))
    throw new Fault('config', `--ttl must be a number with s, m, h or d, such as 90m, not '${ttl}'`);
  return seconds;
}
