// A process that makes a backup, or restores one, until it is killed; it prints `done` when it gets through.
import { randomUUID } from 'node:crypto';
import { createSystemClock } from '../../../src/project/system-clock.ts';
import { createSystemProcesses } from '../../../src/project/system-processes.ts';
import { openStoreCare } from '../../../src/store/care/open-care.ts';

const [dir = '', name = ''] = process.argv.slice(2);
const clock = createSystemClock();
const care = openStoreCare({ dir, clock, randomId: randomUUID, processes: createSystemProcesses() });
if (name === '') await care.backups.create();
else await care.backups.restore(name, { all: true });
await care.close();
process.stdout.write('done\n');
