import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIN_SECRET_LENGTH } from '../../config.ts';
import { Fault, messageOf } from '../../domain/errors.ts';
import { existingFile, makeDataFolder } from './data-folder.ts';

const FILE = 'jwt-secret';
// Encoded, the secret has 64 bytes: twice what HS256 requires (RFC 7518, section 3.2).
const SECRET_BYTES = 48;

/**
 * The configured secret, or the one stored in the data folder; it is created on first use, readable only by its owner.
 * Errors: Fault `config`, also if the stored one is shorter than a configured one may be.
 */
export async function jwtSecret(dataDir: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const file = join(dataDir, FILE);
  await makeDataFolder(dataDir);
  return (await readStored(file)) ?? (await usable(file, () => create(file)));
}

/** The secret with which a server already signs: configured, or stored in the data folder. Errors: Fault `config`. */
export async function existingJwtSecret(dataDir: string, configured: string | undefined): Promise<string> {
  if (configured !== undefined) return configured;
  const file = await existingFile(dataDir, FILE);
  const secret = await readStored(file);
  if (secret === undefined) throw new Fault('config', `${file} was removed meanwhile`);
  return secret;
}

/** Undefined if there is none. */
async function readStored(file: string): Promise<string | undefined> {
  const secret = await usable(file, () => readExisting(file));
  if (secret === undefined || secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new Fault(
    'config',
    `${file} must have ${MIN_SECRET_LENGTH} characters or more, as JWT_SECRET must; without the file a new secret is made, and every token is void`,
  );
}

async function usable<T>(file: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw new Fault('config', `${file} can't be used: ${messageOf(error)}`, { cause: error });
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
  const draft = `${file}.${randomUUID()}`;
  // Flushed: a power failure must not leave an empty file behind the name.
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readStored(file)) ?? secret;
  } finally {
    await rm(draft, { force: true });
  }
}
