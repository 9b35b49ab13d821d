import { get, type IncomingMessage } from 'node:http';
import { adminTokenOf } from './requests.ts';

const NEWLINE = 0x0a;

/** The export of a sale's orders as CSV: it is read while it is not held back, and a server waits for its reader. */
export interface ExportReader {
  /** Orders that were read so far. */
  orders(): number;
  hold(): void;
  read(): void;
  /** Resolves when it has ended. Errors: Error if it was cut off. */
  readonly ended: Promise<void>;
}

/** Asks for the export, and holds it back. Errors: Error unless it is answered 200. */
export async function openExport(port: number, saleId: string): Promise<ExportReader> {
  const incoming = await answerTo(port, `/v1/admin/orders?saleId=${saleId}`);
  if (incoming.statusCode !== 200) throw new Error(`the export was answered ${incoming.statusCode}`);
  let lines = 0;
  const ended = new Promise<void>((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    });
    incoming.on('end', resolve);
    incoming.on('error', reject);
  });
  // Its failure is reported to whoever awaits it.
  ended.catch(() => {});
  incoming.pause();
  return {
    // The first line names the columns.
    orders: () => Math.max(0, lines - 1),
    hold: () => incoming.pause(),
    read: () => incoming.resume(),
    ended,
  };
}

function answerTo(port: number, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${adminTokenOf('boss')}`, accept: 'text/csv' };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, resolve).on('error', reject);
  });
}
