// Fills a pipe that nobody reads from with lines, more than it takes, and then ends with the code 7: `PATH`.
import { constants, openSync, writeSync } from 'node:fs';
import { systemCode } from '../../src/disk/system-code.ts';
import { createLogFile } from '../../src/log/log-file.ts';

const [path = ''] = process.argv.slice(2);
const warn = (message: string) => process.stderr.write(`${message}\n`);
const file = createLogFile({ path, what: 'trace', warn });
for (let number = 0; number < 10_000; number += 1) file.add('x'.repeat(1000));
const probe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
for (;;) {
  await new Promise((resolve) => setImmediate(resolve));
  if (isFull()) process.exit(7);
}

function isFull(): boolean {
  try {
    writeSync(probe, '.');
    return false;
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return true;
    throw error;
  }
}
