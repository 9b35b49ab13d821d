import { execFile } from 'node:child_process';
import { MAIN } from '../support/floodgate-process.ts';

/** Runs `floodgate audit` as an operator would; the output includes stderr if it failed. */
export function auditOf(
  saleId: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ok: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'audit', saleId], { env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ ok: error === null, output: (error === null ? out : `${err}${out}`).trim() });
    });
  });
}
