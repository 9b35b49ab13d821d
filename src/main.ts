#!/usr/bin/env node
import { run } from './cli.ts';

// Everything is closed by now; a client's thread that hangs on a server which is away must not keep the process.
process.exit(await run(process.argv.slice(2)));
