// Adds numbered lines to a log until it is killed, or until it has added as many as it was told: `PATH NAME COUNT`.
import { createLogFile } from '../../src/log/log-file.ts';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const warn = (message: string) => process.stderr.write(`${message}\n`);
const file = createLogFile({ path, what: 'log', rotation: { maxBytes: 200_000, keep: 50, now: Date.now }, warn });
for (let number = 0; number < Number(count); number += 1) {
  file.add(JSON.stringify({ name, number, filler: 'x'.repeat(50 + (number % 400)) }));
  // As between events of a command: what waits is written.
  if (number % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}
await file.close();
