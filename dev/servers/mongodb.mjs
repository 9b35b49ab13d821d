import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, makeOnce } from './cache.mjs';
import { mongodbAnswers } from './probes.mjs';
import { find, run, Unsupported } from './run.mjs';

const VERSION = '1.24.0';
const SOURCE = join(import.meta.dirname, 'ferretdb');
const DEFINITIONS = ['main.go', 'go.mod', 'go.sum'].map((file) => join(SOURCE, file));
const BUILD_SECONDS = 60;

const programFolder = () => cachedFolder(`ferretdb-${VERSION}`, DEFINITIONS);

/** FerretDB on SQLite stands in for MongoDB here; see compose.yaml for MongoDB itself. */
export const mongodb = {
  name: 'mongodb',
  title: `FerretDB ${VERSION}`,
  ports: ['mongodb'],
  answers: (ports) => mongodbAnswers(ports.mongodb),
  url: (ports) => ({ MONGODB_URL: `mongodb://127.0.0.1:${ports.mongodb}/floodgate` }),

  missing: () =>
    find('go') === undefined || existsSync(programFolder())
      ? undefined
      : { what: `FerretDB ${VERSION}, built with Go`, seconds: BUILD_SECONDS },

  async prepare(log) {
    const folder = programFolder();
    await makeOnce(folder, async (draft) => {
      const go = find('go');
      if (go === undefined)
        throw new Unsupported('FerretDB is built with Go 1.22 or newer, and there is no go on the PATH');
      log(`building FerretDB ${VERSION} with Go (about a minute)`);
      const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' };
      await run(go, ['build', '-trimpath', '-o', join(draft, 'ferretdb'), '.'], { cwd: SOURCE, env });
    });
    return { server: join(folder, 'ferretdb') };
  },

  async plan({ tools, folder, ports, args }) {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    return {
      command: tools.server,
      args: ['-listen', `127.0.0.1:${ports.mongodb}`, '-dir', data, ...args],
      cwd: folder,
    };
  },
};
