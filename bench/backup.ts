import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../src/project/system-clock.ts';
import { type CareSettings, openStoreCare } from '../src/store/care/open-care.ts';
import { openContext } from '../src/store/parquet/parquet-store.ts';
import { say } from './figures.ts';
import { seedTables } from './seed-tables.ts';

const CLOCK = createSystemClock();

/** Does a work and prints its time, the rate in MB (10^6 bytes) a second, and the peak of this process. */
async function timed<T>(what: string, bytes: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const peak = (process.resourceUsage().maxRSS * 1024) / 1e6;
  say(what, `${seconds.toFixed(2)} s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s; peak ${peak.toFixed(0)} MB`);
  return result;
}

/** Prints what a backup of so many samples, each with a run, a file, a link and its answer, costs, and its restore. */
export async function benchBackup(samples: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-backup-'));
  const settings: CareSettings = { dir: join(folder, 'DB'), clock: CLOCK, randomId: randomUUID, plainTables: false };
  const { context, door } = openContext({ ...settings, memoryLimit: '1GB' });
  const care = openStoreCare(settings);
  try {
    await seedTables(context, samples);
    await door.close();
    const segments = readdirSync(context.layout.segments).map(
      (file) => statSync(join(context.layout.segments, file)).size,
    );
    const bytes = segments.reduce((sum, size) => sum + size, 0);
    say(`${samples} samples`, `${(bytes / 1e6).toFixed(0)} MB in ${segments.length} segments`);
    const { backups } = care;
    const { name, path } = await timed('backup', bytes, () => backups.create());
    const damage = await timed('verify', bytes, () => backups.verify(name));
    if (damage.length > 0) throw new Error(`the backup is damaged: ${JSON.stringify(damage)}`);
    rmSync(settings.dir, { recursive: true });
    const restored = await timed('restore, folder gone', bytes, () => backups.restore(path));
    const rows = Object.values(restored.tables).reduce((sum, { after }) => sum + after, 0);
    say('rows restored', String(rows));
    await timed('restore, nothing differs', bytes, () => backups.restore(path));
  } finally {
    await care.close();
    rmSync(folder, { recursive: true });
  }
}
