import { gzipSync } from 'node:zlib';
import { type PlainSoft, plainSoft } from '../plain-soft.ts';
import type { Sources } from '../sources.ts';
import { composedFamily } from './composed-family.ts';
import type { PlayedAnswer, PlayedRequest } from './server.ts';

/** Plays GEO's family files and `acc.cgi` (targ=self and targ=gsm, without tables). */
export function answerGeo({ path, fields }: PlayedRequest, sources: Sources): PlayedAnswer {
  const series = /^\/geo\/series\/GSE\d*nnn\/(GSE\d+)\/soft\/\1_family\.soft\.gz$/.exec(path)?.[1];
  if (series !== undefined) return familyFile(series, sources);
  if (path !== '/geo/query/acc.cgi') return { status: 404, type: 'text/html', body: '<html>404 Not Found</html>' };
  const accession = fields.get('acc') ?? '';
  const records = fields.get('targ') === 'gsm' ? (sources.samplesOf.get(accession) ?? []) : self(accession, sources);
  if (records.length === 0) return unknown(accession);
  return {
    status: 200,
    type: 'geo/text',
    body: records
      .flatMap((record) => record.lines)
      .join('\n')
      .concat('\n'),
  };
}

function self(accession: string, sources: Sources): PlainSoft[] {
  const record = sources.geo.get(accession);
  if (record !== undefined) return [record];
  const family = composedFamily(accession, sources);
  return family === null ? [] : plainSoft(family, 'composed').slice(0, 1);
}

function familyFile(series: string, sources: Sources): PlayedAnswer {
  // Where only acc.cgi was recorded there is no family file, so that the handler asks acc.cgi.
  const text = sources.families.get(series) ?? (sources.geo.has(series) ? null : composedFamily(series, sources));
  if (text === null) return { status: 404, type: 'text/html', body: '<html>404 Not Found</html>' };
  return { status: 200, type: 'application/x-gzip', body: gzipSync(text, { level: 1 }) };
}

/** GEO's sentence for an accession that it does not know, under status 200. */
function unknown(accession: string): PlayedAnswer {
  const body = `<html><body>Could not find a public or private accession "${accession}"</body></html>`;
  return { status: 200, type: 'text/html; charset=UTF-8', body };
}
