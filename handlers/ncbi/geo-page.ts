import type { GeoPageVerdict } from './geo-record.ts';

/**
 * Tells what an `acc.cgi` page under status 200 says about an accession, by GEO's own sentences. Anything that they do
 * not cover is `bad_response`: a page that is only there by accident never makes a record vanish.
 */
export function readGeoPage(html: string, accession: string): GeoPageVerdict {
  const text = visibleText(html);
  const named = /\baccession "([^"]*)"/i.exec(text)?.[1]?.trim();
  if (named !== undefined && named.toUpperCase() !== accession.toUpperCase()) {
    return { outcome: 'bad_response', reason: `GEO answered for ${named || 'no id'}, not for ${accession}` };
  }
  if (/Could not find a public or private accession/i.test(text)) {
    return { outcome: 'not_found', reason: 'GEO has no public or private record of this accession' };
  }
  const release =
    /is currently private(?: and is scheduled to be released on ([A-Za-z]{3,9}\.? \d{1,2}, \d{4}))?/i.exec(text);
  if (release !== null) {
    return {
      outcome: 'private',
      reason: `private at GEO${release[1] === undefined ? '' : `, to be released on ${release[1]}`}`,
    };
  }
  const deleted = /was deleted by the GEO staff(?: on ([A-Za-z]{3,9}\.? \d{1,2}, \d{4}))?/i.exec(text);
  if (deleted !== null) {
    return {
      outcome: 'withdrawn',
      reason: `deleted by the GEO staff${deleted[1] === undefined ? '' : ` on ${deleted[1]}`}`,
    };
  }
  if (/is not yet approved by GEO curators/i.test(text)) {
    return { outcome: 'private', reason: 'submitted to GEO, not yet approved by its curators' };
  }
  return { outcome: 'bad_response', reason: 'GEO sent an HTML page instead of the record' };
}

/** The text of a page on one line: scripts, styles and tags out, the entities that GEO uses decoded. */
function visibleText(html: string): string {
  return html
    .replace(/<(script|style)\b[^<>]*>.*?(?:<\/\1>|$)/gis, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:quot|#34|#x22);/gi, '"')
    .replace(/&(?:nbsp|#160);/gi, ' ')
    .replace(/&amp;/gi, '&')
    .replace(/\s+/g, ' ');
}
