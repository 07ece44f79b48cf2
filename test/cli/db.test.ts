import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/render/display-width.ts';
import type { StoreCare } from '../../src/ports/store-care.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openStoreCare } from '../../src/store/care/open-care.ts';
import { createParquetStore } from '../../src/store/parquet/parquet-store.ts';
import { askedRow, geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { fakeProject } from './fake-project.ts';
import { runCli, type Wishes } from './run-cli.ts';

let folder: string;
let care: StoreCare;

const COMMAND = 'add GSE192391 GSE192392 GSE192393 --full --concurrency 8';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'celline-db-'));
  const settings = { dir: join(folder, 'DB'), clock: createSystemClock(), randomId: randomUUID };
  for (const [number, command] of [COMMAND, 'add GSM2'].entries()) {
    const author = { by: 'somebody@a-machine', command, run: String(number) };
    const store = createParquetStore({ ...settings, author });
    const samples = Array.from({ length: 3 + number }, (_, index) => geoSample(`GSM${index}`, { title: command }));
    await store.commit(oneUnit({ samples }, { asked: [askedRow(`GSE${number}`)] }));
    await store.close();
  }
  care = openStoreCare({ ...settings, author: { by: 'somebody@a-machine', command: 'db rollback 1', run: 'r' } });
});

afterAll(async () => {
  await care.close();
  await rm(folder, { recursive: true, force: true });
});

function db(argv: readonly string[], wishes: Wishes = {}) {
  const { open } = fakeProject({ care: { ...care, close: async () => undefined } });
  return runCli(['db', ...argv], { open, cwd: folder, env: { NO_COLOR: '1' }, ...wishes });
}

describe('celline db', () => {
  it('log is one row per commit for a program', async () => {
    const { code, stdout } = await db(['log', '--format', 'csv']);
    expect(code).toBe(0);
    const [header, newest = '', oldest = ''] = stdout.trim().split(/\r?\n/);
    expect(header).toBe('number,at,by,command,job,kind,added,updated,removed,rows,kept,tables');
    expect(newest).toMatch(/^2,[\d-]+T[\d:.]+Z,somebody@a-machine,add GSM2,,commit,2,3,0,6,true,/);
    expect(oldest).toContain(`,${COMMAND},,commit,4,0,0,4,true,`);
    const [first] = JSON.parse((await db(['log', '--limit', '1', '--json'])).stdout);
    expect(first.tables.GEO_SAMPLES).toEqual({ added: 1, updated: 3, removed: 0 });
  });

  it('log fits 80 cells and says where older commits are', async () => {
    const { stdout, stderr } = await db(['log', '--limit', '1'], { stdoutColumns: 80 });
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    expect(lines[0]?.split(/ +/).filter(Boolean)).toEqual(['number', 'when', 'changes', 'rows', 'command', 'by']);
    expect(lines[1]).toMatch(/^ +2 {2}[\d-]+ [\d:]+ {2}\+2 ~3 +6 {2}add GSM2 +somebody@a-machine$/);
    expect(stderr).toBe('There are older ones: celline db log --limit 10\n');
  });

  it('rollback asks, and changes nothing where it cannot ask', async () => {
    const refused = await db(['rollback', '1']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('Add --yes.');
    const planned = await db(['rollback', '1', '--dry-run']);
    expect(planned.stdout).toBe('table\tbefore\tafter\tdifference\nASKED\t2\t1\t-1\nGEO_SAMPLES\t4\t3\t-1\n');
    expect(planned.stderr).toContain('would change. Row by row: celline diff --from 2 --to 1\n');
    for (const argv of [['rollback'], ['rollback', 'yesterday'], ['rollback', '-1'], ['rollback', '1.5']]) {
      expect((await db(argv)).code, argv.join(' ')).toBe(2);
    }
    expect((await db(['log', '--ids-only'])).code).toBe(2);
    const gone = await db(['rollback', '9', '--yes']);
    expect([gone.code, gone.stderr]).toEqual([
      2,
      'error: There is no 9 to go back to.\nhint: Kept are 1-2 (celline db log).\n',
    ]);
  });

  it('rollback goes back, says how to undo it, and is undone', async () => {
    const back = await db(['rollback', '1', '--yes']);
    expect([back.code, back.stderr]).toEqual([0, '3 shows the tables of 1. To undo it: celline db rollback 2\n']);
    expect((await db(['rollback', '1', '--yes'])).stderr).toBe('The tables are those of 1 already.\n');
    expect((await db(['rollback', '2', '--yes'])).stdout).toContain('GEO_SAMPLES\t3\t4\t1');
  });

  it('checkpoint says what it did, table by table; an unknown table is named', async () => {
    const { code, stdout, stderr } = await db(['checkpoint', 'samples']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^table\trows\tsegments\tmerged\twas_behind\tms\tpath\nGEO_SAMPLES\t4\t1\t1\t0\t\d+\tDB\/GEO_SAMPLES.parquet\n$/,
    );
    expect(stderr).toMatch(/^1 table, 4 rows, [\d.]+ s\.\n$/);
    const wrong = await db(['checkpoint', 'smaples']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('There are: ASKED, GEO_SAMPLES.');
  });

  it('gc counts without --dry-run what it counted with it', async () => {
    const planned = await db(['gc', '--dry-run']);
    expect(planned.stdout).toBe('what\tfiles\tbytes\nsegments\t0\t0\ntemporary files\t0\t\npins\t0\t\n');
    expect(planned.stderr).toBe('0 B would be freed: celline db gc\n');
    const done = await db(['gc']);
    expect([done.code, done.stdout, done.stderr]).toEqual([0, planned.stdout, '0 B freed.\n']);
  });
});
