// The archive server in a process of its own: `node dist/bench/archive-server.js --series 40 --samples 25 --port 0`.
// Prints its URL; a parent that forked it asks for the summary by a message, a person gets it on Ctrl-C.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { mixedFaults } from '../src/testing/archive-server/mixed-faults.ts';
import { startArchiveServer } from '../src/testing/archive-server/server.ts';
import type { World } from '../src/testing/archive-server/world.ts';
import { createGoodAnswers } from './good-answers.ts';

const HELP = `node dist/bench/archive-server.js: answers like NCBI and ENA on the loopback, and prints its address.

  --world <file>        the records that it has (fixtures/demo/world.json); else as many as the next four say:
  --series <n>          series (default 40): GSE990001, GSE990002, …
  --samples <n>         samples of each (default 25): GSM99000001, GSM99000002, …
  --runs <n>            runs of each sample (default 1)
  --seed <n>            another one gives other records (default 1)
  --port <n>            default: one that is free
  --ncbi-ms <n>         milliseconds that NCBI takes to answer (default 200)
  --ena-ms <n>          the same for ENA (default 120)
  --per-record-ms <n>   milliseconds for each record of an answer (default 3)
  --no-limits           never answers 429; else it does above the archives' rates
  --faults <share>      share of the requests that meet a fault, of all kinds in turn (default 0)

Use it: GEO_API_URL=http://127.0.0.1:PORT INSDC_API_URL=http://127.0.0.1:PORT celline add GSM99000001
Ctrl-C ends it and says what it was asked.
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    world: { type: 'string' },
    series: { type: 'string', default: '40' },
    samples: { type: 'string', default: '25' },
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    'ncbi-ms': { type: 'string', default: '200' },
    'ena-ms': { type: 'string', default: '120' },
    'per-record-ms': { type: 'string', default: '3' },
    'no-limits': { type: 'boolean', default: false },
    // Share of the requests that meet a fault, of all kinds in turn.
    faults: { type: 'string', default: '0' },
  },
});

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const world: World =
  values.world === undefined
    ? generateWorld({
        series: Number(values.series),
        samplesPerSeries: Number(values.samples),
        runsPerSample: Number(values.runs),
        seed: Number(values.seed),
      })
    : (JSON.parse(readFileSync(values.world, 'utf8')) as World);

const faults = mixedFaults(Number(values.faults));
const isWatched = Number(values.faults) > 0;
const answers = createGoodAnswers();
let isBroken = isWatched;
const server = await startArchiveServer({
  world,
  faults: (request) => (isBroken ? faults.plan(request) : undefined),
  ...(isWatched ? { onAnswered: answers.note } : {}),
  port: Number(values.port),
  latency: {
    ncbiMs: Number(values['ncbi-ms']),
    enaMs: Number(values['ena-ms']),
    perRecordMs: Number(values['per-record-ms']),
  },
  limits: values['no-limits']
    ? { ncbiPerSecond: Number.POSITIVE_INFINITY, enaPerSecond: Number.POSITIVE_INFINITY }
    : {},
});

process.stdout.write(`${server.url}\n`);
process.on('message', (message) => {
  if (message === 'heal') isBroken = false;
  if (message === 'answers') process.send?.({ good: answers.of(server.url), played: [...faults.played] });
  else process.send?.({ ...server.summary(), longestStallMs: server.longestStallMs() });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    if (process.send === undefined) process.stderr.write(`${JSON.stringify(server.summary(), null, 2)}\n`);
    await server.close();
    process.exit(0);
  });
}
process.once('disconnect', () => process.exit(0));
