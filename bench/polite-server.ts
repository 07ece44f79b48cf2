// `node polite-server.js PER_SECOND` is an archive that enforces its limit. Prints its URL; a parent that forked it asks by a
// message for the arrivals.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createRateGate, DEFAULT_LIMITS } from '../src/testing/archive-server/limits.ts';

/** What the server met. */
export interface PoliteFigures {
  /** Every request: milliseconds (monotonic) at which its headers were there, who sent it, the status of the answer. */
  readonly arrivals: readonly { readonly at: number; readonly worker: string; readonly status: number }[];
  /** Milliseconds that the server was held up at worst: times of arrival are no better than that. */
  readonly longestStallMs: number;
}

// It is a measuring device: on a busy machine its own waiting for a core would be taken for the starts of others. Needs root.
try {
  setPriority(-20);
} catch {
  process.stderr.write('the server has no better priority than the workers\n');
}

const gate = createRateGate({ ...DEFAULT_LIMITS, ncbiPerSecond: Number(process.argv[2]) });
const arrivals: PoliteFigures['arrivals'][number][] = [];
const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();

const server = createServer((request, response) => {
  const at = performance.now();
  const worker = new URL(request.url ?? '/', 'http://server').searchParams.get('worker') ?? '';
  const refusal = gate.arrive('NCBI', at, null);
  const status = refusal === undefined ? 200 : 429;
  arrivals.push({ at, worker, status });
  setTimeout(() => {
    response.writeHead(status);
    response.end('ok');
  }, 50);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('message', () => process.send?.({ arrivals, longestStallMs: stalls.max / 1e6 } satisfies PoliteFigures));
process.once('disconnect', () => process.exit(0));
