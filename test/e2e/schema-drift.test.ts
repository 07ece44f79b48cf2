import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultPlan } from '../../src/testing/archive-server/faults.ts';
import { generateWorld } from '../../src/testing/archive-server/generate-world.ts';
import { startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { cellineHere } from '../support/celline-here.ts';
import { projectFolder } from '../support/celline-process.ts';
import { outcomeLines } from '../support/outcome-lines.ts';
import { readPlainTable } from '../support/plain-table.ts';

const WORLD = generateWorld({ series: 1, samplesPerSeries: 4 });
const RUNS = WORLD.samples.map((sample) => sample.experiments[0]?.runs[0]?.accession ?? '');
const KEY = { NCBI_API_KEY: 'key' };

/** A project, and archives whose behaviour can be changed between commands. */
async function project() {
  let plan: FaultPlan = () => undefined;
  const server = await startArchiveServer({ world: WORLD, faults: (request) => plan(request) });
  onTestFinished(() => server.close());
  const folder = projectFolder();
  return {
    drift: (next: FaultPlan) => {
      plan = next;
    },
    /** ENA's requests of the last command. */
    requests: server.requests,
    run: async (...args: string[]) => {
      const before = server.requests.length;
      const { code, stdout, stderr } = await cellineHere(args, { folder, url: server.url, env: KEY });
      const asked = server.requests.slice(before).filter((request) => request.operator === 'ENA').length;
      return { code, stderr, rows: outcomeLines(stdout), asked };
    },
    files: async () => (await readPlainTable(folder, 'INSDC_FILES')).rows,
    dates: async () => (await readPlainTable(folder, 'INSDC_RUNS')).rows.map((row) => row.date),
  };
}

const refusing =
  (column: string, text: string): FaultPlan =>
  ({ operator, parameters }) =>
    operator === 'ENA' && parameters.get('fields')?.split(',').includes(column)
      ? { kind: 'status', status: 400, body: text }
      : undefined;

describe('columns of ENA that do not come any more', { timeout: 180_000 }, () => {
  it('cost only themselves: one warning that names them, and what is stored stays', async () => {
    const { drift, run, files, dates } = await project();
    expect((await run('add', ...RUNS)).rows.map((row) => row.outcome)).toEqual(RUNS.map(() => 'added'));
    const before = await files();
    const days = await dates();
    expect(before.filter((file) => file.origin === 'generated')).toHaveLength(8);
    const columns = ['fastq_ftp', 'fastq_md5', 'fastq_bytes', 'first_public', 'library_layout'];
    drift(({ operator }) => (operator === 'ENA' ? { kind: 'fewer-columns', columns } : undefined));
    const again = await run('add', ...RUNS, '--force');
    expect(again.rows.map((row) => row.outcome).filter((name) => !['unchanged', 'updated'].includes(name))).toEqual([]);
    expect(again.stderr.match(/did not come/g)).toHaveLength(1);
    expect(again.stderr).toContain("ENA's run table: fastq_bytes, fastq_ftp, fastq_md5, first_public, library_layout");
    const urls = (rows: typeof before) =>
      rows.map((file) => `${file.key} ${file.md5} ${file.bytes} ${file.urls}`).toSorted();
    expect(urls(await files())).toEqual(urls(before));
    expect(await dates()).toEqual(days);
  });

  it('and do not cost more than one request more', async () => {
    const { drift, run } = await project();
    const plain = await run('add', ...RUNS.slice(0, 2));
    drift(({ operator }) => (operator === 'ENA' ? { kind: 'fewer-columns', columns: ['sra_md5'] } : undefined));
    const poorer = await run('add', ...RUNS.slice(2));
    expect([poorer.code, poorer.asked]).toEqual([0, plain.asked + 1]);
  });

  it('that a row cannot do without are an error by name', async () => {
    const { drift, run } = await project();
    const columns = ['sample_accession'];
    drift(({ operator }) => (operator === 'ENA' ? { kind: 'fewer-columns', columns } : undefined));
    const { rows } = await run('add', RUNS[0] ?? '');
    expect(rows[0]?.outcome).toBe('partial');
    expect(rows[0]?.reason).toContain("ENA's run table came without sample_accession");
  });
});

describe('columns that ENA refuses', { timeout: 180_000 }, () => {
  it('are asked for no more in this command', async () => {
    const { drift, run, files } = await project();
    drift(refusing('sra_md5', 'Invalid fieldName(s) supplied: sra_md5'));
    const { code, rows, stderr, asked } = await run('add', ...RUNS);
    expect([code, rows.map((row) => row.outcome)], stderr).toEqual([0, RUNS.map(() => 'added')]);
    expect(stderr.match(/did not come/g)).toHaveLength(1);
    expect(stderr).toContain('sra_md5');
    expect(asked).toBe(2);
    expect((await files()).filter((file) => file.origin === 'generated')).toHaveLength(8);
  });

  it('are found out when the text does not name them', async () => {
    const { drift, run } = await project();
    drift(refusing('broker_name', 'Invalid field(s) supplied'));
    const { code, stderr, asked } = await run('add', ...RUNS);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("ENA's run table: broker_name did not come");
    expect(asked).toBeLessThanOrEqual(16);
  });

  it('leave an id without ENA when it is a key column', async () => {
    const { drift, run } = await project();
    drift(refusing('run_accession', 'Invalid fieldName(s) supplied: run_accession'));
    const { rows } = await run('add', RUNS[0] ?? '');
    expect(rows[0]?.outcome).toBe('partial');
    expect(rows[0]?.reason).toContain('ENA refuses run_accession');
  });
});
