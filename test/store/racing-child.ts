// A process that does one kind of work on a store until its work is done or its stdin ends, and prints what was acknowledged.
import { randomUUID } from 'node:crypto';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { createSystemProcesses } from '../../src/project/system-processes.ts';
import { openStoreCare } from '../../src/store/care/open-care.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import type { CommitProtocol } from '../../src/store/manifest/manifest-log.ts';
import { createParquetStore } from '../../src/store/parquet/parquet-store.ts';
import { askedRow, geoSample, insdcRun, oneUnit } from '../../src/testing/contract/store-records.ts';

const [role = '', dir = '', prefix = '', count = '0', protocol = 'link'] = process.argv.slice(2);
const settings = {
  dir,
  clock: createSystemClock(),
  randomId: randomUUID,
  processes: createSystemProcesses(),
  protocol: protocol as CommitProtocol,
  author: { by: 'test', command: role, run: `${role}${prefix}` },
};
let isStopped = false;
process.stdin.on('end', () => {
  isStopped = true;
});
process.stdin.resume();

function say(...words: (string | number)[]): void {
  process.stdout.write(`${words.join(' ')}\n`);
}

async function commitAll(): Promise<void> {
  const store = createParquetStore(settings);
  for (let number = 0; number < Number(count); number += 1) {
    const sample = `GSM${prefix}${number}`;
    const unit = { samples: [geoSample(sample)], runs: [insdcRun(`SRR${prefix}${number}`, sample)] };
    const { sequence } = await store.commit(oneUnit(unit, { asked: [askedRow(sample)] }));
    say('commit', sequence, sample);
  }
  await store.close();
}

/** All that is not the newest looks two days old, so that there is garbage; what is not published yet stays young. */
async function makeHistoryOld(): Promise<void> {
  const layout = storeLayout(dir);
  const old = new Date(Date.now() - 48 * 3_600_000);
  const names = (await readdir(layout.manifests)).filter((name) => /^\d+\.json$/.test(name)).sort();
  const newest = names.pop();
  if (newest === undefined) return;
  const live = filesOf(await readFile(join(layout.manifests, newest), 'utf8'));
  for (const name of names) {
    const path = join(layout.manifests, name);
    for (const file of filesOf(await readFile(path, 'utf8'))) {
      if (!live.has(file)) await utimes(join(layout.segments, file), old, old).catch(() => undefined);
    }
    await utimes(path, old, old).catch(() => undefined);
  }
}

function filesOf(manifest: string): Set<string> {
  return new Set([...manifest.matchAll(/"file":"([^"]+)"/g)].map((match) => match[1] ?? ''));
}

async function lookAfter(): Promise<void> {
  const care = openStoreCare(settings);
  for (let round = 0; !isStopped && round < Number(count); round += 1) {
    if (role === 'compact') for await (const _ of care.checkpoint()) if (isStopped) break;
    if (role === 'collect') {
      await makeHistoryOld();
      const { segments } = await care.history.collectGarbage();
      say('collect', segments);
    }
    if (role === 'rollback') await goBack(care, round);
  }
  await care.close();
}

/** A few numbers back; what garbage collection took meanwhile is refused, which is as it should be. */
async function goBack(care: ReturnType<typeof openStoreCare>, round: number): Promise<void> {
  const numbers: number[] = [];
  for await (const { sequence } of care.history.log({ limit: 6 })) numbers.push(sequence);
  const to = numbers[(round % 5) + 1] ?? numbers.at(-1);
  if (to === undefined) return;
  try {
    const { sequence, tables } = await care.history.rollback(to);
    if (Object.keys(tables).length > 0) say('rollback', sequence, to);
  } catch (error) {
    if (!(error instanceof Error) || !/to go back to|cannot be gone back to/.test(error.message)) throw error;
    say('refused', to);
  }
}

await (role === 'commit' ? commitAll() : lookAfter());
process.exit(0);
