import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { type ArchiveProcess, startArchiveProcess } from './archive-process.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';
import { isolated } from './run-celline.ts';

/** One command that writes, and whether a part of its work may be there when the disk was full. */
interface Writing {
  readonly args: readonly string[];
  /** Rows may be more than before: what was acknowledged before the disk was full stays. */
  readonly mayGrow?: true;
}

const NOTES = 'id,condition\nGSM99000001,treated\nGSM99000002,control\n';

const WRITINGS: readonly Writing[] = [
  { args: ['add', '--from', 'more.txt'], mayGrow: true },
  { args: ['add', '--atomic', '--from', 'more.txt'] },
  { args: ['rm', 'GSM99000001', '--cascade', '--yes'] },
  { args: ['annotate', '--from', 'notes.csv'] },
  { args: ['import', 'kept.csv'] },
  { args: ['export', 'samples', '--output', 'samples.parquet'] },
  { args: ['export', 'samples', '--output', 'samples.xlsx'] },
  { args: ['db', 'checkpoint'] },
  { args: ['db', 'backup'] },
  { args: ['db', 'migrate', '--to', '1', '--yes'] },
  { args: ['db', 'restore', 'NEWEST', '--yes'] },
  { args: ['db', 'rollback', '1', '--yes'] },
  { args: ['db', 'check', '--repair'] },
];

const TABLES = ['samples', 'runs', 'projects', 'files', 'links', 'asked', 'annotations'];

/** Free kilobytes of the disk at each try: every write of a small command is met by one of them. */
const FREE = [0, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1536, 2048];

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function celline(args: readonly string[], folder: string, archive: ArchiveProcess): Run {
  const env = isolated('/nowhere', { GEO_API_URL: archive.url, INSDC_API_URL: archive.url, NCBI_API_KEY: 'bench' });
  const bin = join(builtFolder(), 'bin', 'celline.js');
  const ended = spawnSync(process.execPath, [bin, ...args], { cwd: folder, env, encoding: 'utf8' });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

/** Every row of every table as text, provenance aside. */
function contents(folder: string, archive: ArchiveProcess): string[] {
  return TABLES.flatMap((table) => {
    const run = celline(['list', table, '--format', 'ndjson'], folder, archive);
    if (run.code !== 0) throw new Error(`list ${table}: ${run.stderr}`);
    return run.stdout
      .split('\n')
      .filter(Boolean)
      .map((row) => `${table} ${row}`);
  });
}

/** A project with some samples, a backup, and the files that the commands read. */
function makeTemplate(archive: ArchiveProcess, ids: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-template-'));
  writeFileSync(
    join(folder, 'celline.config.json'),
    JSON.stringify({ cache: { metadata: { backend: 'memory' }, blob: { backend: 'memory' } } }),
  );
  writeFileSync(join(folder, 'more.txt'), ids.slice(10).join('\n'));
  writeFileSync(join(folder, 'notes.csv'), NOTES);
  writeFileSync(join(folder, 'kept.csv'), 'key,title,organism\nLAB1,mine,Mus musculus\nLAB2,mine too,Mus musculus\n');
  for (const args of [
    ['add', ...ids.slice(0, 5)],
    ['add', ...ids.slice(5, 10)],
    ['db', 'backup'],
  ]) {
    const run = celline(args, folder, archive);
    if (run.code !== 0) throw new Error(`${args.join(' ')}: ${run.stderr}`);
  }
  return folder;
}

function freeKilobytes(disk: string): number {
  const { bavail, bsize } = statfsSync(disk);
  return (bavail * bsize) / 1024;
}

/** Tries one command with so much room; what is wrong with how it ended, or null. */
function tryWriting(
  writing: Writing,
  free: number,
  template: string,
  archive: ArchiveProcess,
): { code: number | null; wrong: string | null } {
  const disk = mkdtempSync(join(tmpdir(), 'celline-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'none', disk]);
  try {
    const folder = join(disk, 'project');
    cpSync(template, folder, { recursive: true });
    mkdirSync(join(disk, 'ballast'));
    const before = contents(folder, archive);
    const newest =
      celline(['db', 'backups', '--format', 'tsv'], folder, archive).stdout.split('\n')[1]?.split('\t')[0] ?? '';
    const args = writing.args.map((word) => (word === 'NEWEST' ? newest : word));
    writeFileSync(
      join(disk, 'ballast', 'file'),
      Buffer.alloc(Math.max(0, Math.floor(freeKilobytes(disk) - free) * 1024)),
    );
    const run = celline(args, folder, archive);
    return { code: run.code, wrong: judge(run, writing, before, folder, archive) };
  } finally {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}

function judge(
  run: Run,
  { mayGrow }: Writing,
  before: readonly string[],
  folder: string,
  archive: ArchiveProcess,
): string | null {
  if (run.code === 0) return null;
  if (run.code !== 5) return `exit ${run.code}: ${run.stderr}`;
  if (!/full|space/i.test(run.stderr) || !run.stderr.includes('hint:')) return `unclear: ${run.stderr}`;
  const after = new Set(contents(folder, archive));
  const gone = before.filter((row) => !after.has(row));
  // A series that gets more samples is another row.
  if (mayGrow === true) return gone.some((row) => !row.startsWith('projects')) ? `rows are gone: ${gone[0]}` : null;
  return gone.length > 0 || after.size !== before.length ? `the tables differ: ${gone[0]}` : null;
}

/** Runs every command that writes on a disk that is full after more and more kilobytes. Needs the right to mount. */
export async function benchFullDisk(): Promise<void> {
  const ids = generateWorld({ series: 4, samplesPerSeries: 25 }).samples.map((sample) => sample.alias);
  const archive = await startArchiveProcess([
    '--series',
    '4',
    '--samples',
    '25',
    '--no-limits',
    '--ncbi-ms',
    '0',
    '--ena-ms',
    '0',
    '--per-record-ms',
    '0',
  ]);
  const template = makeTemplate(archive, ids);
  try {
    for (const writing of WRITINGS) {
      const codes: (number | null)[] = [];
      for (const free of FREE) {
        const { code, wrong } = tryWriting(writing, free, template, archive);
        codes.push(code);
        if (wrong !== null) {
          process.exitCode = 1;
          say(writing.args.join(' '), `WRONG with ${free} kB free: ${wrong}`);
        }
        // With room enough twice in a row, more room tells nothing new.
        if (codes.at(-1) === 0 && codes.at(-2) === 0) break;
      }
      say(writing.args.join(' '), `exit codes as the room grows: ${codes.join(' ')}`);
    }
  } finally {
    await archive.close();
    rmSync(template, { recursive: true, force: true });
  }
}
