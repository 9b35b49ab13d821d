import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempFolder {
  readonly path: string;
  readonly remove: () => void;
}

/** A new folder in the system's temporary one. */
export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'floodgate-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
