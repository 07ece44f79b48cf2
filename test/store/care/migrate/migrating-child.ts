// A process that migrates a project down and up again until it is killed, and says so after each migration.
import { randomUUID } from 'node:crypto';
import { createSystemClock } from '../../../../src/project/system-clock.ts';
import { createSystemProcesses } from '../../../../src/project/system-processes.ts';
import { openStoreCare } from '../../../../src/store/care/open-care.ts';

const [dir = '', count = '0'] = process.argv.slice(2);
const care = openStoreCare({
  dir,
  clock: createSystemClock(),
  randomId: randomUUID,
  processes: createSystemProcesses(),
  keepBackups: 2,
});
for (let number = 0; number < Number(count); number += 1) {
  const { version } = await care.migrations.status();
  const { to } = await care.migrations.migrate(version === 1 ? {} : { to: 1 });
  process.stdout.write(`${to}\n`);
}
await care.close();
