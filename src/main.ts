#!/usr/bin/env node
import { run } from './cli.ts';

// Everything is closed by now. A thread of the Kafka client may still wait for an unavailable server.
process.exit(await run(process.argv.slice(2)));
