// `node polite-worker.js URL PER_SECOND REQUESTS FOLDER NAME` asks one archive through the HTTP stack, sharing its limit with
// whoever uses the folder. Prints `ready`, begins at a line on stdin, prints when it started each (ms), `done` and
// what it was told.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createHttpStack } from '../src/http/client.ts';
import { createSharedSlots } from '../src/http/limit/shared-slots.ts';
import { createSystemClock } from '../src/project/system-clock.ts';

const [url = '', perSecond = '', requests = '', folder = '', name = ''] = process.argv.slice(2);
const clock = createSystemClock();
const warnings: string[] = [];
const warn = (message: string): void => void warnings.push(message);
const starts: number[] = [];
const stack = createHttpStack({
  clock,
  random: Math.random,
  report: (event) => {
    if (event.type === 'warning') warn(event.message);
    if (event.type === 'request') starts.push(clock.now());
  },
  userAgent: 'celline/bench',
  slots: createSharedSlots({ clock, folder: () => folder, randomId: randomUUID, warn }),
  cache: null,
  spoolFolders: [],
});
const limit = { operator: 'Bench', perSecond: Number(perSecond), connections: 4, source: 'bench' };
const http = stack.forHandler({ name: 'bench', hosts: [{ host: new URL(url).host, ...limit }], ttl: 0 });

process.stdout.write('ready\n');
await once(process.stdin, 'data');
await Promise.all(
  Array.from({ length: Number(requests) }, (_, index) =>
    http.text({ url: `${url}/?worker=${name}&request=${index}`, expect: { kind: 'text' } }),
  ),
);
await stack.close();
process.stdout.write(`starts ${JSON.stringify(starts)}\n`);
process.stdout.write(`done ${JSON.stringify(warnings)}\n`);
process.exit(0);
