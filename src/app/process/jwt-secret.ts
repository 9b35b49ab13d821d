import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, messageOf } from '../../domain/errors.ts';
import { makeDataFolder } from './data-folder.ts';

const FILE = 'jwt-secret';
// Encoded, the secret has 64 bytes: twice what HS256 requires (RFC 7518, section 3.2).
const SECRET_BYTES = 48;

/**
 * The configured secret, or the one stored in the data folder; it is created on first use, readable only by its owner.
 */
export async function jwtSecret(dataDir: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const file = join(dataDir, FILE);
  await makeDataFolder(dataDir);
  try {
    return (await readExisting(file)) ?? (await create(file));
  } catch (error) {
    throw new Fault('config', `DATA_DIR ${dataDir} can't be used: ${messageOf(error)}`, { cause: error });
  }
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Created atomically: of two processes the first one wins. */
async function create(file: string): Promise<string> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600 });
  try {
    await link(draft, file);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readExisting(file)) ?? secret;
  } finally {
    await rm(draft, { force: true });
  }
}
