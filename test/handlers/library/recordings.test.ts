import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseRunRows } from '../../../handlers/ena/parse-run-rows.ts';
import type { EnaRun } from '../../../handlers/ena/run-row.ts';
import { groupLibraries } from '../../../handlers/library/group-libraries.ts';
import { sampleUnit } from '../../../handlers/library/sample-unit.ts';
import type { GeoSample } from '../../../handlers/ncbi/geo-record.ts';
import { parseSoft } from '../../../handlers/ncbi/parse-soft.ts';
import { parseSraPackages } from '../../../handlers/ncbi/parse-sra-packages.ts';
import type { SraPackage } from '../../../handlers/ncbi/sra-package.ts';
import { BadResponseError, fileKey, type RecordUnit } from '../../../src/ports/handler.ts';
import { collect, inChunks } from '../text-chunks.ts';
import { parts } from './library-facts.ts';

const RECORDINGS = resolve(process.env.CELLINE_RECORDINGS ?? '../shared/recordings');
const PACKAGES = join(RECORDINGS, 'ncbi/efetch-sra-xml');
const REPORTS = join(RECORDINGS, 'ena/filereport-read_run');
const isThere = existsSync(join(RECORDINGS, 'JOIN-TRUTH.tsv'));
if (!isThere) process.stderr.write(`skipped: no recordings of archives at ${RECORDINGS} (CELLINE_RECORDINGS)\n`);

const textOf = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const packagesOf = (name: string): Promise<SraPackage[]> =>
  collect(parseSraPackages(inChunks(textOf(PACKAGES, name), 65_536)));

async function rowsOf(folder: string): Promise<EnaRun[]> {
  const names = readdirSync(folder).filter((name) => !name.includes('_submitted'));
  const all = await Promise.all(
    names.map((name) => collect(parseRunRows(inChunks(ended(textOf(folder, name)), 65_536)))),
  );
  return all.flat();
}

/** Recordings out of cassettes may have lost their last line end; the archives send it. */
function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Tells every sample of SOFT text; true when the text ends before its last sample does. */
async function readSamples(text: string, tell: (sample: GeoSample) => void): Promise<boolean> {
  try {
    for await (const entity of parseSoft(inChunks(text, 65_536))) if (entity.type === 'sample') tell(entity.sample);
    return false;
  } catch (error) {
    if (error instanceof BadResponseError) return true;
    throw error;
  }
}

function unitsOf(packages: readonly SraPackage[], enaRuns: readonly EnaRun[]): Map<string, RecordUnit> {
  const groups = groupLibraries({ packages, enaRuns });
  return new Map([...groups].map(([key, group]) => [key, sampleUnit(parts({ key, ...group }))]));
}

/** Text of an XML fragment as the document means it. */
function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    return hex ? String.fromCodePoint(Number.parseInt(hex, 16)) : (names[name] ?? all);
  });
}

/** Packages of a document read without the parser: experiment, attributes of its samples, runs with names of their files. */
function looked(xml: string) {
  return (xml.match(/<EXPERIMENT_PACKAGE>[\s\S]*?<\/EXPERIMENT_PACKAGE>/g) ?? []).map((text) => ({
    experiment: /<EXPERIMENT [^>]*\baccession="(\w+)"/.exec(text)?.[1] ?? '',
    attributes: [...text.matchAll(/<SAMPLE_ATTRIBUTE>\s*<TAG>([^<]*)<\/TAG>\s*(?:<VALUE>([^<]*)<\/VALUE>)?/g)]
      .map(([, tag = '', value]) => [unescaped(tag), value === undefined ? null : unescaped(value)] as const)
      .filter(([tag]) => !tag.startsWith('ENA-')),
    runs: (text.match(/<RUN [\s\S]*?<\/RUN>/g) ?? []).map((run) => ({
      accession: /\baccession="(\w+)"/.exec(run)?.[1] ?? '',
      files: (run.match(/<SRAFile [^>]*>/g) ?? []).map((file) => ({
        name: unescaped(/\bfilename="([^"]*)"/.exec(file)?.[1] ?? ''),
        md5: /\bmd5="(\w+)"/.exec(file)?.[1] ?? null,
        size: /\bsize="(\d+)"/.exec(file)?.[1] ?? null,
      })),
      open: [...run.matchAll(/<Alternatives url="([^"]*)"[^>]*access_type="anonymous"/g)].map(([, url = '']) =>
        unescaped(url),
      ),
    })),
  }));
}

describe.skipIf(!isThere)('recorded answers, joined', () => {
  test('every mapping of JOIN-TRUTH.tsv whose packages are recorded', async () => {
    const truth = textOf(RECORDINGS, 'JOIN-TRUTH.tsv').trim().split('\n').slice(1);
    const recorded = new Set(readdirSync(PACKAGES).map((name) => name.replace('.xml', '')));
    let compared = 0;
    const byGroup = new Map<string, Map<string, RecordUnit>>();
    for (const line of truth) {
      const [group = '', label = '', experiment = '', sraSample = '', biosample = '', run = ''] = line.split('\t');
      if (!recorded.has(group)) continue;
      const units = byGroup.get(group) ?? unitsOf(await packagesOf(`${group}.xml`), []);
      byGroup.set(group, units);
      const unit = units.get(label);
      expect(unit?.samples[0]?.children?.split(','), line).toContain(run);
      expect(
        unit?.runs.find((one) => one.key === run),
        line,
      ).toMatchObject({ parent: label, experiment });
      const aliases = unit?.links.filter((link) => link.key === label).map((link) => link.alias);
      expect(aliases, line).toEqual(expect.arrayContaining([experiment, sraSample, biosample]));
      compared += 1;
    }
    expect(compared).toBe(32);
  });

  test('every attribute, run, file and open address of every recorded package', async () => {
    const counts = { samples: 0, attributes: 0, runs: 0, files: 0, addresses: 0 };
    for (const name of readdirSync(PACKAGES)) {
      const units = [...unitsOf(await packagesOf(name), []).values()];
      for (const seen of looked(textOf(PACKAGES, name))) {
        const unit = units.find((one) => one.links.some((link) => link.alias === seen.experiment));
        counts.samples += 1;
        for (const [tag, value] of seen.attributes) {
          const values = unit?.samples[0]?.attributes?.[tag];
          expect(values, `${name} ${seen.experiment} ${tag}`).toBeDefined();
          if (value !== null) expect(values, `${name} ${seen.experiment} ${tag}`).toContain(value);
          counts.attributes += 1;
        }
        for (const run of seen.runs) {
          expect(unit?.runs.map((row) => row.key)).toContain(run.accession);
          counts.runs += 1;
          const files = unit?.files.filter((file) => file.parent === run.accession) ?? [];
          for (const { name: fileName, md5, size } of run.files) {
            const file = files.find((row) => row.md5 === md5 && (fileName === '' || row.name === fileName));
            expect(file?.bytes, `${run.accession} ${fileName}`).toBe(size === null ? null : BigInt(size));
            counts.files += 1;
          }
          const urls = files.flatMap((file) => file.urls);
          expect([...urls].sort(), run.accession).toEqual([...run.open].sort());
          counts.addresses += urls.length;
        }
      }
    }
    expect(counts.samples).toBe(533);
    expect(counts.runs).toBe(858);
    expect(counts.attributes).toBeGreaterThan(3000);
    expect(counts.files).toBeGreaterThan(3600);
    expect(counts.addresses).toBeGreaterThan(1600);
  });

  test('every submitted FASTQ of bcl2fastq has the role that its name says', async () => {
    let proven = 0;
    for (const name of readdirSync(PACKAGES)) {
      for (const unit of unitsOf(await packagesOf(name), []).values()) {
        for (const file of unit.files.filter((one) => one.origin === 'submitted' && one.format === 'fastq')) {
          const said = /_(R[123]|I[12])_001\.f/.exec(file.name)?.[1];
          if (said === undefined) continue;
          expect(file.role, file.key).toBe(said);
          proven += 1;
        }
      }
    }
    expect(proven).toBeGreaterThan(1500);
  });

  test("ENA's files of a run that NCBI describes land on the same sample", async () => {
    const rows = (await rowsOf(REPORTS)).filter((row) => row.run_accession === 'SRR8361601');
    const units = unitsOf(await packagesOf('SRP174132.xml'), rows);
    expect(units.size).toBe(10);
    const unit = units.get('GSM3526037');
    const run = unit?.runs[0];
    expect(run?.raw_link?.split(',')).toHaveLength(2);
    expect(run).toMatchObject({ key: 'SRR8361601', file_type: 'fastq', file_size: 3273679310n + 3693026394n });
    const file = unit?.files.find((one) => one.key === fileKey('SRR8361601', 'generated', 'SRR8361601_2.fastq.gz'));
    expect(file).toMatchObject({ role: 'R2', md5: 'a48e9a80ce9bdcbeca3b3f50846e4441', bytes: 3693026394n });
  });

  test('rows of ENA alone: one sample per BioSample, every file with md5 and size', async () => {
    const rows = (await rowsOf(REPORTS)).filter((row) => row.sample_accession !== '');
    const units = unitsOf([], rows);
    expect([...units.keys()].sort()).toEqual([...new Set(rows.map((row) => row.sample_accession))].sort());
    for (const row of rows) {
      const files = units.get(row.sample_accession)?.files.filter((file) => file.origin === 'generated') ?? [];
      expect(files.map((file) => file.md5).join(';'), row.run_accession).toBe(row.fastq_md5);
      expect(files.map((file) => file.bytes).join(';'), row.run_accession).toBe(row.fastq_bytes);
      expect(files.map((file) => file.role)).toEqual(files.length === 2 ? ['R1', 'R2'] : files.map(() => 'R1'));
    }
    expect(rows.length).toBeGreaterThanOrEqual(2);
  });

  test("every characteristic of every channel of GEO's text", async () => {
    let compared = 0;
    let cuts = 0;
    for (const folder of ['acc-soft-gsm', 'acc-soft-gsm-of-series', 'family-soft']) {
      for (const name of readdirSync(join(RECORDINGS, 'geo', folder))) {
        const bytes = readFileSync(join(RECORDINGS, 'geo', folder, name));
        const text = ended(new TextDecoder().decode(name.endsWith('.gz') ? gunzipSync(bytes) : bytes));
        const units = new Map<string, RecordUnit>();
        // Two recordings end inside a sample: those before it are whole.
        const cut = await readSamples(text, (sample) => {
          const asked = { ncbi: true, ena: true, geoText: true };
          units.set(sample.accession, sampleUnit(parts({ key: sample.accession, geo: sample, asked })));
        });
        cuts += Number(cut);
        for (const block of text.split(/^\^SAMPLE = /m).slice(1)) {
          const row = units.get(/^GSM\d+/.exec(block)?.[0] ?? '')?.samples[0];
          if (row === undefined && cut) continue;
          for (const [, line = ''] of block.matchAll(/^!Sample_characteristics_ch\d+ = (.+?)\r?$/gm)) {
            const [, tag = 'characteristics', value = line] = /^(.*?): (.*)$/.exec(line) ?? [];
            expect(row?.attributes?.[tag.trim()], `${name} ${line}`).toContain(value.trim());
            expect(row?.geo_characteristics?.[tag.trim()], `${name} ${line}`).toContain(value.trim());
            compared += 1;
          }
        }
      }
    }
    expect(cuts).toBeLessThanOrEqual(2);
    expect(compared).toBeGreaterThan(2500);
  });
});
