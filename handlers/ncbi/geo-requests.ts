import type { HttpRequest } from '../../src/ports/handler.ts';

const FILES = 'https://ftp.ncbi.nlm.nih.gov/geo';
const ACC_CGI = 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi';

/** Milliseconds: `targ=gsm` of a series of 5,086 samples began after up to 161 s (measured 2026-08). */
const ACC_FIRST_BYTE_MS = 180_000;

/** 2 GiB: a sequencing series of 5,000 samples has 23 MB; only large array series, with their tables, pass 1 GB. */
const FAMILY_MAX_BYTES = 2 * 1024 ** 3;

/** The folder of a series on GEO's file server: `GSE124227` → `…/geo/series/GSE124nnn/GSE124227`; `GSE1` → `…/GSEnnn/GSE1`. */
export function seriesFolder(series: string): string {
  return `${FILES}/series/${series.replace(/\d{1,3}$/, 'nnn')}/${series}`;
}

/** The family file of a series: series, platforms and all samples as gzipped SOFT text. */
export function familyFile(series: string): HttpRequest {
  return {
    url: `${seriesFolder(series)}/soft/${series}_family.soft.gz`,
    expect: { kind: 'soft', gzip: true },
    maxBytes: FAMILY_MAX_BYTES,
    label: `GEO family file of ${series}`,
  };
}

/** One record (`self`), or all samples of a series (`gsm`), as SOFT text without tables. Failures are HTML under status 200. */
export function accRecord(accession: string, target: 'self' | 'gsm'): HttpRequest {
  const query = new URLSearchParams({ acc: accession, targ: target, form: 'text', view: 'brief' });
  return {
    url: `${ACC_CGI}?${query}`,
    expect: { kind: 'soft', gzip: false },
    firstByteTimeoutMs: ACC_FIRST_BYTE_MS,
    label: target === 'self' ? `GEO record ${accession}` : `GEO samples of ${accession}`,
  };
}
