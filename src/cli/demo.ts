import { parseArgs } from 'node:util';
import { issueToken } from '../api/auth/issue-token.ts';
import { type App, startApp } from '../app/app.ts';
import { jwtSecret } from '../app/process/jwt-secret.ts';
import { setV8Flags } from '../app/process/v8-flags.ts';
import { type Config, loadConfig } from '../config.ts';
import { type DemoSales, resetDemo, seedDemo } from '../services/demo.ts';
import { untilSignal } from './until-signal.ts';

const HELP = `Usage: floodgate demo [--reset]

Like 'floodgate serve', with two sales to try: one is open, the other opens within a minute. It prints tokens and a
command that buys.

  --reset  closes the demo's earlier sales, and publishes two new ones
`;

/** A day. */
const TOKEN_SECONDS = 86_400;

export async function demo(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' }, reset: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  // Log lines would hide the welcome message; LOG_LEVEL overrides it.
  const config = loadConfig(undefined, { LOG_LEVEL: 'warn' });
  setV8Flags();
  return untilSignal(async () => {
    const app = await startApp(config, { seed: values.reset ? resetDemo : seedDemo });
    process.stdout.write(await welcome(config, app));
    return app;
  });
}

async function welcome(config: Config, app: App<DemoSales>): Promise<string> {
  const secret = await jwtSecret(config.dataDir, config.jwtSecret);
  const tokenOf = (userId: string, role: 'buyer' | 'admin') =>
    issueToken({ secret, userId, role, ttlSeconds: TOKEN_SECONDS });
  const buyer = tokenOf('buyer-1', 'buyer');
  const { open, soon } = app.seeded;
  const opensAt = new Date(soon.opensAt).toISOString();
  return `
Floodgate listens on ${app.url}

  ${open.title}: ${open.id}, ${open.total} tickets, open
  ${soon.title}: ${soon.id}, ${soon.total} tickets, opens at ${opensAt}

The web page; it asks before it signs you in as buyer-1, for a day:
${app.url}/#token=${buyer}

Buyer's token (buyer-1, a day):
${buyer}

Admin's token (admin-1, a day):
${tokenOf('admin-1', 'admin')}

Buy a ticket:
curl -i -X POST ${app.url}/v1/sales/${open.id}/purchases -H 'Idempotency-Key: my-first-ticket' -H 'Authorization: Bearer ${buyer}'

Another buyer's token: floodgate token --user buyer-2 (from a checkout: npm start -- token --user buyer-2)
API reference: ${app.url}/docs
Ctrl-C stops the server; its data stays in ${config.dataDir}.

`;
}
