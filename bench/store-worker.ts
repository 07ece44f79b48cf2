// `node dist/bench/store-worker.js DB WORK PREFIX` does one kind of work on tables again and again until it is killed. It
// prints `ready`, then for each piece of work `begin …` before and `done …` once it is acknowledged.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../src/ports/clock.ts';
import type { Change } from '../src/ports/store.ts';
import { createSystemProcesses } from '../src/project/system-processes.ts';
import { EMPTY_UNIT, type RecordUnit } from '../src/records/record-unit.ts';
import { openStoreCare } from '../src/store/care/open-care.ts';
import { createParquetStore, type ParquetStoreSettings } from '../src/store/parquet/parquet-store.ts';

const [dir = '', work = '', prefix = ''] = process.argv.slice(2);
// Garbage needs a day to become garbage: its collector lives two days ahead.
const ahead = work === 'gc' ? 48 * 3_600_000 : 0;
const clock: Clock = { now: () => Date.now() + ahead, sleep: (ms, signal) => wait(ms, undefined, { signal }) };
const settings: ParquetStoreSettings = {
  dir,
  clock,
  randomId: randomUUID,
  processes: createSystemProcesses(),
  author: { by: 'bench', command: work, run: randomUUID() },
};
const store = createParquetStore(settings);
const care = openStoreCare(settings);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function unit(key: string): RecordUnit {
  const run = key.replace('GSM', 'SRR');
  return {
    ...EMPTY_UNIT,
    samples: [{ key, source: 'GEO', title: `sample ${key}`, children: run }],
    runs: [{ key: run, source: 'INSDC', parent: key }],
    files: [{ key: `${run}/generated/a.gz`, source: 'INSDC', parent: run, name: 'a.gz', origin: 'generated' }],
    links: [{ key, alias: key.replace('GSM', 'SAMN'), kind: 'biosample' }],
  };
}

function change(keys: readonly string[]): Change {
  const at = new Date(clock.now()).toISOString();
  const asked = keys.map((key) => {
    return { id: key, outcome: 'added' as const, key, reason: null, plan: 'standard', job: null, answered_at: at };
  });
  return { units: keys.map(unit), asked, at };
}

/** Samples that stay in the tables: their title changes, so that there are edits to merge. */
async function touch(round: number): Promise<void> {
  const samples = [{ key: 'GSM1', source: 'GEO', title: `round ${prefix} ${round}` }];
  await store.commit({ units: [{ ...EMPTY_UNIT, samples }], asked: [], at: new Date(clock.now()).toISOString() });
}

/** What each kind of work does in one round; `done` says what a reader must now find. */
const WORKS: Readonly<Record<string, (round: number) => Promise<void>>> = {
  async commit(round) {
    const keys = Array.from({ length: 1 + (round % 4) }, (_, index) => `GSM${prefix}${round}${index}`);
    say(`begin add ${keys.join(',')}`);
    await store.commit(change(keys));
    say(`done add ${keys.join(',')}`);
  },
  async transaction(round) {
    const keys = Array.from({ length: 6 }, (_, index) => `GSM${prefix}${round}${index}`);
    const kept = keys.filter((_, index) => index !== 2);
    say(`begin add ${kept.join(',')}`);
    await store.transaction(async (transaction) => {
      for (const key of keys) {
        await transaction.savepoint(key);
        await transaction.commit(change([key]));
        if (!kept.includes(key)) await transaction.rollbackTo(key);
      }
    });
    say(`done add ${kept.join(',')}`);
  },
  async compact(round) {
    say('begin keep');
    await touch(round);
    await store.publish({ force: true });
    say('done keep');
  },
  async gc(round) {
    say('begin keep');
    await touch(round);
    await care.history.collectGarbage();
    say('done keep');
  },
  async migrate() {
    say('begin keep');
    await care.migrations.migrate({ to: 1 });
    await care.migrations.migrate();
    say('done keep');
  },
  async backup() {
    say('begin keep');
    const { name } = await care.backups.create({ reason: 'manual', keep: 3 });
    if ((await care.backups.verify(name)).length > 0) throw new Error(`The backup ${name} is damaged.`);
    say('done keep');
  },
  async restore() {
    const name = (await care.backups.list())[0]?.name;
    if (name === undefined) return;
    say(`begin restore ${name}`);
    await care.backups.restore(name);
    say(`done restore ${name}`);
  },
  async rollback() {
    const kept: number[] = [];
    for await (const entry of care.history.log({ limit: 8 })) if (entry.isKept) kept.push(entry.sequence);
    const to = kept[kept.length >> 1];
    if (to === undefined) return;
    say(`begin rollback ${to}`);
    await care.history.rollback(to);
    say(`done rollback ${to}`);
  },
};

// What a killed migration left behind is brought up first. A store with something in it: there is nothing to back up in an empty one.
await care.migrations.migrate();
if ((await store.count({ table: 'samples' })) === 0) await store.commit(change(['GSM1', 'GSM2', 'GSM3']));
const round = WORKS[work];
if (round === undefined) throw new Error(`No work is called ${work}: ${Object.keys(WORKS).join(', ')}.`);
say('ready');
for (let number = 0; ; number += 1) await round(number);
