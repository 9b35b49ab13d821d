import { execFile } from 'node:child_process';
import { MAIN } from '../support/floodgate-process.ts';

/** What `floodgate audit` says, as an operator would run it; with what it complained of if it failed. */
export function auditOf(
  saleId: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ok: boolean; readonly told: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'audit', saleId], { env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ ok: error === null, told: (error === null ? out : `${err}${out}`).trim() });
    });
  });
}
