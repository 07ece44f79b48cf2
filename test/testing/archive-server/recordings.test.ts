import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { RUN_INFO_COLUMNS } from '../../../src/testing/archive-server/run-info.ts';
import { all, eutil, get, searchSra, serve } from './support.ts';

const RECORDINGS = process.env.CELLINE_RECORDINGS ?? join(import.meta.dirname, '../../../../shared/recordings');
const present = existsSync(RECORDINGS);
if (!present)
  console.warn(`No recordings at ${RECORDINGS}: the form of the server's answers is not compared with real ones.`);

/** Every `A/B/C` and `A/B@attribute` of an XML text. */
function shapeOf(xml: string): Set<string> {
  const shape = new Set<string>();
  const path: string[] = [];
  const parser = new SaxesParser({ fragment: true });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    shape.add(path.join('/'));
    for (const attribute of Object.keys(attributes)) shape.add(`${path.join('/')}@${attribute}`);
  });
  parser.on('closetag', () => void path.pop());
  parser.write(xml.replace(/<\?xml[^>]*\?>/g, '').replace(/<!DOCTYPE[^>]*>/g, '')).close();
  return shape;
}

function recordedTexts(folder: string, pattern = /\.xml$/): string[] {
  const names = readdirSync(join(RECORDINGS, folder)).filter((name) => pattern.test(name));
  return names.map((name) => {
    const bytes = readFileSync(join(RECORDINGS, folder, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  });
}

/** What the server has and no recording does. */
function invented(xml: string, recorded: readonly string[]): string[] {
  const known = new Set(recorded.flatMap((text) => [...shapeOf(text)]));
  return [...shapeOf(xml)].filter((place) => !known.has(place));
}

function keysOf(soft: string): Set<string> {
  return new Set(all(soft, /^[!^](\w+(?:\/\w+)?)\s*=/gm).map((key) => key.replace(/_(ch)?\d+$/, '_')));
}

describe.runIf(present)('the form of the answers, beside real ones', () => {
  it('has no element or attribute in its SRA packages that NCBI does not have', async () => {
    const server = await serve();
    const { idlist } = await searchSra(server, 'SRP990001');
    const { text } = await eutil(server, 'efetch', { db: 'sra', rettype: 'full', id: idlist.join(',') });
    expect(invented(text, recordedTexts('ncbi/efetch-sra-xml'))).toEqual([]);
  });

  it('begins and ends its packages as NCBI does, byte for byte', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'sra', rettype: 'full', id: 'SRX99000001' });
    const real = readFileSync(join(RECORDINGS, 'ncbi/efetch-sra-xml/SRP174132.xml'), 'utf8');
    const start = (xml: string) => xml.slice(0, xml.indexOf('<EXPERIMENT alias'));
    const end = (xml: string) => xml.slice(xml.lastIndexOf('</EXPERIMENT_PACKAGE>'));
    expect([start(text), end(text)]).toEqual([start(real), end(real)]);
  });

  it.each(['SRS99000001', 'SRX99000001', 'SRR99000001', 'SRP990001', 'SRA9900001', 'ERS99000001'])(
    'has nothing in the ENA record %s that ENA does not have',
    async (accession) => {
      const { text } = await get(await serve(), `/ena/browser/api/xml/${accession}`);
      const shape = invented(text, recordedTexts('ena/browser-xml'));
      // Units are documented, but none of the recorded samples has one.
      expect(shape.filter((place) => !place.endsWith('/UNITS'))).toEqual([]);
    },
  );

  it('has nothing in its BioSamples that NCBI does not have', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'biosample', id: 'SAMN99000001' });
    const recorded = recordedTexts('ncbi/efetch-biosample-xml').map((xml) =>
      xml.includes('<BioSampleSet') ? xml : `<BioSampleSet>${xml}</BioSampleSet>`,
    );
    expect(invented(text, recorded)).toEqual([]);
  });

  it('has the fields of a GEO summary, in their order', async () => {
    const answer = await eutil(await serve(), 'esummary', { db: 'gds', retmode: 'json', id: '309900001' });
    const real = readFileSync(join(RECORDINGS, 'ncbi/esummary-gds-json/GSM1371490.json'), 'utf8');
    const names = (json: string) => {
      const { result } = JSON.parse(json) as { result: Record<string, object> & { uids: string[] } };
      return Object.keys(result[result.uids[0] ?? ''] ?? {});
    };
    expect(names(answer.text)).toEqual(names(real));
  });

  it('has the columns of a run table', () => {
    const real = readFileSync(join(RECORDINGS, 'ncbi/efetch-runinfo-csv/SRX26261721.csv'), 'utf8');
    expect(RUN_INFO_COLUMNS).toBe(real.split('\n')[0]?.trimEnd());
  });

  it('has no key in its SOFT that GEO does not have', async () => {
    const server = await serve();
    const acc = (accession: string) => get(server, `/geo/query/acc.cgi?form=text&targ=self&acc=${accession}`);
    const texts = [];
    for (const accession of ['GSE990001', 'GSM9900001', 'GSM9900006', 'GPL990021'])
      texts.push((await acc(accession)).text);
    const folders = ['geo/acc-soft-gse', 'geo/acc-soft-gsm-of-series', 'geo/acc-soft-gpl', 'geo/family-soft'];
    const recorded = folders.flatMap((folder) => recordedTexts(folder, /\.(txt|soft|gz)$/));
    const known = new Set(recorded.flatMap((text) => [...keysOf(text)]));
    const own = [...new Set(texts.flatMap((text) => [...keysOf(text)]))];
    expect(own.filter((key) => !known.has(key))).toEqual([]);
  });
});
