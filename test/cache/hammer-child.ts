// A process that works on a cache until it is done or killed. Each line on stdout is something that has happened.
import { randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { type HammerPlace, openHammered } from './hammer-work.ts';

/** Questions that all processes ask and answer, and answers to each: few, so that they meet. */
const SHARED = 4;
const VERSIONS = 12;

const [placeText = '', who = '', steps = '0', reads = '0'] = process.argv.slice(2);
const cache = await openHammered(JSON.parse(placeText) as HammerPlace);
const say = (line: string) => writeSync(1, `${line}\n`);
const own: [name: string, version: number][] = [];
try {
  for (let step = 0; step < Number(steps); step += 1) {
    const shared = `shared-${randomInt(SHARED)}`;
    await cache.write(shared, randomInt(1, VERSIONS));
    for (let i = 0; i < Number(reads); i += 1) await cache.read(`shared-${randomInt(SHARED)}`);
    const name = `${who}-${step}`;
    const version = randomInt(1, 2000);
    if (await cache.write(name, version)) {
      own.push([name, version]);
      say(`stored ${name} ${version}`);
    }
    const [early, first] = own[randomInt(Math.max(own.length, 1))] ?? ['', 0];
    if (early !== '' && (await cache.read(early)) !== first) say(`lost ${early} ${first}`);
  }
} catch (error) {
  say(`torn ${String(error)}`);
}
for (const warning of cache.warnings) say(`warned ${warning}`);
await cache.close();
say('done');
