// Fills a pipe that nobody reads from with lines, more than it takes, and then ends with the code 7: `PATH log|events`.
import { constants, openSync, writeSync } from 'node:fs';
import { openEventFile } from '../../src/cli/event-stream.ts';
import { systemCode } from '../../src/disk/system-code.ts';
import { createLogFile } from '../../src/log/log-file.ts';

const [path = '', what = ''] = process.argv.slice(2);
const warn = (message: string) => process.stderr.write(`${message}\n`);
const add = what === 'events' ? await addEvent() : createLogFile({ path, what: 'trace', warn }).add;
for (let number = 0; number < 10_000; number += 1) add('x'.repeat(1000));
const probe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
for (;;) {
  await new Promise((resolve) => setImmediate(resolve));
  if (isFull()) process.exit(7);
}

async function addEvent(): Promise<(line: string) => void> {
  const { write } = await openEventFile(path, '.');
  return (line) => void write(`${line}\n`).catch((error: Error) => warn(error.message));
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
