import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ROOT } from '../run.mjs';

const MAIN = join(ROOT, 'dist/src/main.js');

/** More than a run can buy, and few enough for a fast audit. */
const TICKETS = 20_000;
const DAY_MS = 86_400_000;

/** No input may cause such a line. */
const TROUBLE = /"level":"(?:error|fatal)"/;

/** A server on a free port and a folder of its own, with a sale that is open and a draft. */
export async function startTarget(folder, { role, front }) {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: join(folder, 'data'), FRONT: front };
  const tokenOf = async (asRole) => {
    const args = [MAIN, 'token', '--user', `fuzz-${asRole}`, '--role', asRole, '--ttl', '1d'];
    return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim();
  };
  const tokens = { admin: await tokenOf('admin'), buyer: await tokenOf('buyer') };

  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => code);
  // The server must not outlive this program.
  process.once('exit', () => child.kill('SIGTERM'));
  const trouble = [];
  let stopping = false;
  ended.then((code) => stopping || trouble.push(`floodgate ended with ${code}`));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (TROUBLE.test(line)) trouble.push(line);
      const port = /"port":(\d+).*"listening"/.exec(line)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    ended.then((code) => reject(new Error(`floodgate ended with ${code} before it listened`)));
  });
  const stop = async () => {
    stopping = true;
    child.kill('SIGTERM');
    await ended;
    return trouble;
  };

  try {
    const known = await prepare(url, tokens, role);
    return { url, token: tokens[role], known, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates a product, sales and orders; returns their ids, so that not every request ends in 404. */
async function prepare(url, tokens, role) {
  const post = async (path, body, as = 'admin') => {
    const headers = { authorization: `Bearer ${tokens[as]}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const product = await post('/v1/admin/products', { name: 'Something' });
  const draft = () =>
    post('/v1/admin/sales', {
      productId: product.id,
      title: 'A sale',
      price: { amount: 100, currency: 'EUR' },
      total: TICKETS,
      perBuyerLimit: TICKETS,
      opensAt: new Date(Date.now() - DAY_MS).toISOString(),
      closesAt: new Date(Date.now() + DAY_MS).toISOString(),
    });
  const [open, unpublished] = [await draft(), await draft()];
  await post(`/v1/admin/sales/${open.id}/publish`, {});
  const buy = () => post(`/v1/sales/${open.id}/purchases`, {}, role);
  const orders = [await buy(), await buy(), await buy()];
  return {
    productIds: [product.id],
    saleIds: [open.id, unpublished.id],
    orderIds: orders.map(({ id }) => id),
  };
}
