import { parseArgs } from 'node:util';
import { isUserId } from '../api/auth/authenticator.ts';
import { issueToken } from '../api/auth/issue-token.ts';
import { existingJwtSecret } from '../app/process/jwt-secret.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DURATION = /^([1-9]\d{0,8})([smhd])$/;

export async function token(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      user: { type: 'string' },
      role: { type: 'string', default: 'buyer' },
      ttl: { type: 'string', default: '1h' },
    },
  });
  const { user, role } = values;
  if (user === undefined || user === '') throw new Fault('config', 'the user is missing: --user u1');
  if (!isUserId(user))
    throw new Fault(
      'config',
      '--user must be 1 to 128 printable ASCII characters without spaces: the server accepts no other',
    );
  if (role !== 'buyer' && role !== 'admin') throw new Fault('config', `--role must be buyer or admin, not '${role}'`);
  const config = loadConfig();
  const secret = await existingJwtSecret(config.dataDir, config.jwtSecret);
  process.stdout.write(`${issueToken({ secret, userId: user, role, ttlSeconds: secondsOf(values.ttl) })}\n`);
  return 0;
}

function secondsOf(ttl: string): number {
  const [, count, unit] = DURATION.exec(ttl) ?? [];
  const seconds = Number(count) * (SECONDS_OF[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(seconds))
    throw new Fault('config', `--ttl must be a number with s, m, h or d, such as 90m, not '${ttl}'`);
  return seconds;
}
