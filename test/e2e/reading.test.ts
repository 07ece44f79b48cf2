import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';

import { readPlainTable } from '../support/plain-table.ts';

const SAMPLE_COLUMNS =
  'key title organism tissue cell_type library_strategy library_source library_selection platform instrument parent children species date';
const RUN_COLUMNS = 'key title strategy raw_link parent file_type file_size';

/** Made by whichever test comes first; none of them changes it. */
let shared: Promise<{ folder: string; server: ArchiveServer }> | undefined;

afterAll(async () => {
  const made = await shared;
  if (made === undefined) return;
  await made.server.close();
  rmSync(made.folder, { recursive: true });
});

async function makeProject() {
  const world = generateWorld({ series: 2, samplesPerSeries: 6, runsPerSample: 2 });
  const server = await startArchiveServer({ world });
  const folder = mkdtempSync(join(tmpdir(), 'celline-e2e-'));
  const added = await cellineHere(['add', 'GSE990001', 'SRR99000014'], {
    folder,
    url: server.url,
    env: { NCBI_API_KEY: 'key' },
  });
  expect(added.code, added.stderr).toBe(0);
  return { folder, server };
}

/** A project with a series of 6 samples of 2 runs each, and one sample of another series, asked by a run. */
async function filledProject() {
  shared ??= makeProject();
  const { folder } = await shared;
  return { folder, run: (...args: string[]) => cellineHere(args, { folder }) };
}

describe('plain tables', () => {
  it('open in another Parquet reader: keys unique and in order, the 14 and 7 columns first (000-08, 000-09, 000-43)', async () => {
    const { folder } = await filledProject();
    const tables = readdirSync(join(folder, 'DB')).filter((name) => name.endsWith('.parquet'));
    expect(tables.sort()).toEqual(
      'ASKED GEO_FILES GEO_PROJECTS GEO_SAMPLES INSDC_FILES INSDC_RUNS JOBS JOB_FILES LINKS'
        .split(' ')
        .map((name) => `${name}.parquet`),
    );
    for (const table of tables) {
      const { rows } = await readPlainTable(folder, table.replace('.parquet', ''));
      const keys = rows.map((row) =>
        String(
          { LINKS: `${row.key} ${row.alias} ${row.kind}`, JOB_FILES: `${row.job} ${row.direction} ${row.path}` }[
            table.replace('.parquet', '')
          ] ??
            row.key ??
            row.id ??
            row.number,
        ),
      );
      expect(new Set(keys).size, table).toBe(keys.length);
      expect(keys.length, table).toBeGreaterThan(0);
    }
    const samples = await readPlainTable(folder, 'GEO_SAMPLES');
    expect(samples.columns.slice(0, 14).join(' ')).toBe(SAMPLE_COLUMNS);
    expect(samples.rows.map((row) => row.key)).toEqual(samples.rows.map((row) => row.key).toSorted());
    const runs = await readPlainTable(folder, 'INSDC_RUNS');
    expect(runs.columns.slice(0, 7).join(' ')).toBe(RUN_COLUMNS);
    expect([samples.rows.length, runs.rows.length]).toEqual([7, 14]);
    // The relations are plain columns that fit each other (000-10).
    for (const sample of samples.rows) {
      const own = runs.rows.filter((row) => row.parent === sample.key);
      expect(sample.children).toBe(own.map((row) => row.key).join(','));
      expect(
        own.every((row) => typeof row.file_size === 'bigint' && String(row.raw_link).split(',').length === 2),
      ).toBe(true);
    }
  });
});

describe('show', () => {
  it('finds a record by any of its names', async () => {
    const { run } = await filledProject();
    const keysOf = async (name: string): Promise<string[]> => {
      const shown = await run('show', name, '--json');
      expect(shown.code, `${name}: ${shown.stderr}`).toBe(0);
      return (JSON.parse(shown.stdout) as { record: { key: string } }[]).map((view) => view.record.key);
    };
    for (const name of ['GSM99000001', 'gsm99000001', 'SRX99000001', 'SRS99000001', 'SAMN99000001'])
      expect(await keysOf(name), name).toContain('GSM99000001');
    for (const name of ['GSE990001', 'SRP990001', 'PRJNA9900001'])
      expect(await keysOf(name), name).toEqual(['GSE990001']);
    expect(await keysOf('SRR99000001')).toEqual(['SRR99000001']);
    const unknown = await run('show', 'GSM77');
    expect([unknown.code, unknown.stdout]).toEqual([1, 'kind\tkey\tfield\tvalue\n']);
    expect(unknown.stderr).toContain('celline add GSM77');
  });
});

describe('query', () => {
  it('reads', async () => {
    const { run } = await filledProject();
    const { code, stdout } = await run(
      'query',
      'SELECT parent, count(*) AS n FROM samples GROUP BY 1 ORDER BY 1',
      '--format',
      'csv',
    );
    expect([code, stdout]).toEqual([0, 'parent,n\r\nGSE990001,6\r\nGSE990002,1\r\n']);
  });

  it('refuses whatever writes or leaves the tables, and nothing has changed (exit 2)', async () => {
    const { folder, run } = await filledProject();
    const before = readdirSync(folder, { recursive: true }).length;
    for (const sql of [
      'DELETE FROM samples',
      'SELECT 1; DROP VIEW samples',
      "COPY samples TO 'x.csv'",
      'WITH a AS (SELECT 1) INSERT INTO samples SELECT * FROM a',
      "ATTACH 'x.db'",
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM '/etc/passwd'",
      "SELECT * FROM glob('/*')",
      "SELECT getenv('HOME')",
      "SET memory_limit = '1GB'",
      'INSTALL httpfs',
    ]) {
      const { code, stdout, stderr } = await run('query', sql);
      expect([sql, code, stdout]).toEqual([sql, 2, '']);
      expect(stderr).toContain('hint:');
    }
    expect(readdirSync(folder, { recursive: true }).length).toBe(before);
    expect((await run('query', 'SELECT count(*) AS n FROM samples')).stdout).toBe('n\n7\n');
  });
});

describe('urls', () => {
  it('prints one address a line; the scripts of --tool are good shell and name each checksum (000-47)', async () => {
    const { folder, run } = await filledProject();
    const plain = (await run('urls', 'SRX99000001')).stdout.trimEnd().split('\n');
    expect(plain).toHaveLength(4);
    expect(plain.every((url) => /^https:\/\/ftp\.sra\.ebi\.ac\.uk\/vol1\/fastq\/\S+\.fastq\.gz$/.test(url))).toBe(true);
    const aria = (await run('urls', 'GSM99000001', '--tool', 'aria2c')).stdout;
    expect(aria.match(/^ {2}checksum=md5=[0-9a-f]{32}$/gm)).toHaveLength(4);
    for (const tool of ['wget', 'curl']) {
      const file = join(folder, `${tool}.sh`);
      writeFileSync(file, (await run('urls', 'GSM99000001', '--tool', tool)).stdout);
      execFileSync('sh', ['-n', file]);
    }
  });

  it('the curl script asks for each file once and fails when a sum is wrong', async () => {
    const { folder, run } = await filledProject();
    const script = join(folder, 'get.sh');
    writeFileSync(script, (await run('urls', 'GSM99000001', '--tool', 'curl')).stdout);
    // A curl of our own that notes its calls and leaves bytes whose sum is wrong.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'curl'),
      `#!/bin/sh\necho called >> '${folder}/calls'\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && echo wrong > "$2"; shift; done\n`,
      {
        mode: 0o755,
      },
    );
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
    expect(() => execFileSync('sh', [script], { cwd: folder, env, stdio: 'ignore' })).toThrow();
    expect(execFileSync('wc', ['-l', join(folder, 'calls')]).toString()).toMatch(/^4 /);
    expect(existsSync(join(folder, 'SRR99000001_1.fastq.gz'))).toBe(true);
  });
});
