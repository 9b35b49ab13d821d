/** `npm run chaos`: the chaos run for a given time. The exit code is 1 when a promise was broken. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { say } from '../../dev/run.mjs';
import { command } from './command.mjs';

const USAGE = `npm run chaos -- [--minutes 10] [--seed n] [--without 'fault name']... [--keep-logs]

Sells on a cluster of its own while programs and servers are killed and stopped and the network is cut and slowed, then
checks that nothing was lost or sold twice. The seed decides which faults occur, and how long each lasts.
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    without: { type: 'string', multiple: true, default: [] },
    'keep-logs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help || !(minutes > 0) || !Number.isInteger(seed)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

await command(async (load) => {
  const { runChaos } = await load('/test/chaos/chaos.ts');
  const { isSound, tableOf } = await load('/test/chaos/report.ts');
  say(`seed ${seed}`);
  const report = await runChaos({
    seed,
    seconds: minutes * 60,
    without: values.without,
    keepLogs: values['keep-logs'],
    log: say,
  });
  console.log(tableOf(report));
  if (!isSound(report)) process.exitCode = 1;
});
