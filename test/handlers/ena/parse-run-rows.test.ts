import { describe, expect, it } from 'vitest';
import { parseRunRows } from '../../../handlers/ena/parse-run-rows.ts';
import { readEnaFiles } from '../../../handlers/ena/read-ena-files.ts';
import { ENA_RUN_COLUMNS, type EnaRun } from '../../../handlers/ena/run-row.ts';
import { BadResponseError } from '../../../src/ports/handler.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

async function wide(): Promise<EnaRun[]> {
  return collect(parseRunRows(inChunks(await fixture('ena/run-rows/wide.tsv'), 97)));
}

describe('run rows of ENA', () => {
  it('are found by the header; quotes are data; other columns are left out and absent ones empty', async () => {
    const rows = await wide();
    expect(rows.map((row) => row.run_accession)).toEqual(['ERR9000001', 'ERR9000002', 'ERR9000003']);
    expect(rows[0]).toMatchObject({
      sample_title: '5" probe, "left"',
      study_accession: 'PRJEB90001',
      library_strategy: '',
    });
    for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(ENA_RUN_COLUMNS.toSorted());
  });

  it('the header is told before the first row', async () => {
    const told: string[] = [];
    const rows = parseRunRows(inChunks(await fixture('ena/run-rows/wide.tsv')), (columns) => told.push(...columns));
    await rows.next();
    expect(told).toHaveLength(17);
    expect(told.slice(0, 2)).toEqual(['study_accession', 'run_accession']);
    await rows.return(undefined);
  });

  it('an empty body and a header alone have no rows', async () => {
    expect(await collect(parseRunRows(inChunks('')))).toEqual([]);
    expect(await collect(parseRunRows(inChunks(await fixture('ena/run-rows/header-only.tsv'))))).toEqual([]);
  });

  it('line ends of Windows and a byte-order mark are no data', async () => {
    const rows = await collect(parseRunRows(inChunks('\uFEFFrun_accession\ttax_id\r\nERR1\t9606\r\n')));
    expect(rows).toMatchObject([{ run_accession: 'ERR1', tax_id: '9606' }]);
  });

  it('a body that is cut anywhere inside its last row is refused', async () => {
    const text = await fixture('ena/run-rows/wide.tsv');
    const lastRow = text.lastIndexOf('\n', text.length - 2) + 1;
    for (let end = lastRow + 1; end < text.length; end += 1) {
      await expect(collect(parseRunRows(inChunks(text.slice(0, end)))), `cut at ${end}`).rejects.toThrow(
        BadResponseError,
      );
    }
  });

  it.each([
    [
      'an error text',
      'Invalid fieldName(s) supplied: nonsense\n',
      /no table of runs but "Invalid fieldName\(s\) supplied: nonsense"/,
    ],
    ['an error text without a newline', 'Unknown search field:x', /no table of runs but "Unknown search field:x"/],
    ['an HTML page', '<!DOCTYPE html>\n<html></html>\n', /no table of runs/],
    ['a table of something else', 'sample_accession\tx\nERS1\t1\n', /no table of runs/],
    ['a short row', 'run_accession\ttax_id\nERR1\n', /a row of 1 cells under 2 columns: ERR1/],
    ['a long row', 'run_accession\nERR1\t1\n', /a row of 2 cells under 1 columns/],
    ['a row without a run', 'run_accession\ttax_id\n\t9606\n', /without a run_accession/],
    ['a cut header', 'run_accession\tta', /cut/],
  ])('%s is refused', async (_what, text, words) => {
    const rows = collect(parseRunRows(inChunks(text)));
    await expect(rows).rejects.toThrow(BadResponseError);
    await expect(rows).rejects.toThrow(words);
  });
});

describe('files of a run row', () => {
  it('three FASTQs of a PAIRED run, the unpaired one first, then the submitted files and the SRA object', async () => {
    const [row] = await wide();
    const files = readEnaFiles(row as EnaRun);
    expect(files.map((file) => [file.family, file.name, file.bytes, file.format])).toEqual([
      ['fastq', 'ERR9000001.fastq.gz', 63n, 'fastq'],
      ['fastq', 'ERR9000001_1.fastq.gz', 2_000_000_000_000n, 'fastq'],
      ['fastq', 'ERR9000001_2.fastq.gz', 2_100_000_000_000n, 'fastq'],
      ['submitted', '29694_1#382.cram', 100n, 'cram'],
      ['submitted', '29694_1#382.cram.crai', 10n, 'crai'],
      ['sra', 'ERR9000001', 77n, 'sra'],
    ]);
    expect(files[1]).toMatchObject({
      url: 'https://ftp.sra.ebi.ac.uk/vol1/fastq/ERR900/001/ERR9000001/ERR9000001_1.fastq.gz',
      md5: '00000000000000000000000000000002',
    });
  });

  it('a name keeps what an address may not hold', async () => {
    const rows = await wide();
    const [cram] = readEnaFiles(rows[0] as EnaRun).filter((file) => file.family === 'submitted');
    expect(cram?.url).toBe('https://ftp.sra.ebi.ac.uk/vol1/run/ERR900/ERR9000001/29694_1%23382.cram');
    expect(cram?.md5).toBe('0000000000000000000000000000000a');
    const [bam] = readEnaFiles(rows[1] as EnaRun).filter((file) => file.family === 'submitted');
    expect(bam).toMatchObject({ name: 'a b%.bam', md5: null, bytes: 12n, format: 'bam' });
    expect(new URL(bam?.url ?? '').pathname).toBe('/vol1/run/ERR900/ERR9000002/a%20b%25.bam');
  });

  it('a checksum list of another length is dropped, never shifted', async () => {
    const rows = await wide();
    const fastq = readEnaFiles(rows[1] as EnaRun).filter((file) => file.family === 'fastq');
    expect(fastq.map((file) => [file.name, file.md5, file.bytes])).toEqual([
      ['ERR9000002_1.fastq.gz', null, null],
      ['ERR9000002_2.fastq.gz', null, null],
    ]);
  });

  it('an empty place in the lists does not shift the rest; schemes are not doubled', async () => {
    const [empty] = (await wide()).slice(-1);
    expect(readEnaFiles(empty as EnaRun)).toEqual([]);
    const row: EnaRun = {
      ...(empty as EnaRun),
      fastq_ftp: 'ftp://ftp.sra.ebi.ac.uk/vol1/a_1.fastq.gz;;https://ftp.sra.ebi.ac.uk/vol1/a_2.fastq.gz',
      fastq_md5: `${'1'.repeat(32)};;${'2'.repeat(32)}`,
      fastq_bytes: '1;;2',
    };
    expect(readEnaFiles(row).map((file) => [file.url, file.md5?.[0], file.bytes])).toEqual([
      ['https://ftp.sra.ebi.ac.uk/vol1/a_1.fastq.gz', '1', 1n],
      ['https://ftp.sra.ebi.ac.uk/vol1/a_2.fastq.gz', '2', 2n],
    ]);
  });
});
