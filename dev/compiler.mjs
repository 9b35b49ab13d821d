import { say } from './run.mjs';
import { programs } from './servers/apt.mjs';

/** What node-gyp and librdkafka's own build call. */
const TOOLS = ['g++', 'make', 'python3'];

/** With the headers without which librdkafka builds all the same, but knows neither TLS nor SCRAM. */
const PACKAGES = [...TOOLS, 'libssl-dev', 'zlib1g-dev'];

/** A machine that has never compiled anything gets Debian's compiler; one that has is taken as it is. */
export async function ensureCompiler() {
  await programs(TOOLS, PACKAGES, say);
}
