/** Schemes that a link may have; others (`javascript:`, `file:`, …) are dropped. */
const SCHEMES = /^(https?|ftp|s3|gs):\/\/\S/i;

/** True for an address that may be stored at all. */
export function isArchiveUrl(url: string): boolean {
  return SCHEMES.test(url);
}

/** True for an address whose scheme anybody can fetch without an account: https, http, ftp. */
export function isOpenScheme(url: string): boolean {
  return isArchiveUrl(url) && !/^(s3|gs):/i.test(url);
}

/** An address with its blanks percent-encoded: submitters' names may hold some, an address may not. */
export function withoutBlanks(url: string): string {
  return url.replace(/\s/g, encodeURIComponent);
}

/** URLs joined with `,`; a comma inside a URL is percent-encoded, so that splitting gives them back. */
export function joinUrls(urls: readonly string[]): string | null {
  return urls.length === 0 ? null : urls.map((url) => url.replaceAll(',', '%2C')).join(',');
}

/** The last part of an address, percent-decoded where that is possible; null when there is none. */
export function lastPart(url: string): string | null {
  const part = /\/([^/?#]+)(?:[?#].*)?$/s.exec(url.replace(/^[a-z0-9]+:\/\//i, ''))?.[1];
  if (part === undefined) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The page of a record at its archive: GEO's own page, NCBI's BioSample and BioProject pages, and ENA's browser, which shows
 * every INSDC accession of all three partners.
 */
export function pageOf(accession: string): string {
  if (/^G(SE|SM|PL|DS)\d+$/.test(accession)) return `https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=${accession}`;
  if (/^SAMN\d+$/.test(accession)) return `https://www.ncbi.nlm.nih.gov/biosample/${accession}`;
  if (/^PRJNA\d+$/.test(accession)) return `https://www.ncbi.nlm.nih.gov/bioproject/${accession}`;
  return `https://www.ebi.ac.uk/ena/browser/view/${accession}`;
}
