// Claims start times of one operator over a folder as fast as it can, without waiting for them, and prints each. Then it ends, or
// stands still until it is killed.
import { randomUUID } from 'node:crypto';
import { createSharedSlots } from '../../src/http/limit/shared-slots.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';

const [folder = '', perSecond = '', claims = '', end = ''] = process.argv.slice(2);
const slots = createSharedSlots({
  clock: createSystemClock(),
  folder: () => folder,
  randomId: randomUUID,
  warn: (message) => process.stderr.write(`${message}\n`),
}).slotsOf({ operator: 'NCBI', origin: null, credential: null, perSecond: Number(perSecond) });

for (let i = 0; i < Number(claims); i += 1) process.stdout.write(`${slots.claim(Number(perSecond)).startsAt()}\n`);
if (end === 'stay') setInterval(() => {}, 1000);
