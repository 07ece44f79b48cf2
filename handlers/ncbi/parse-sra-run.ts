import { accessionOf, externalIds, firstOf, gsmIn } from '../xml/insdc-elements.ts';
import { parseCount, parseDecimal, parseWhole } from '../xml/parse-number.ts';
import { attributeOf, childOf, everyAt, type XmlElement } from '../xml/xml-element.ts';
import type { SraCopy, SraFile, SraMember, SraRun } from './sra-package.ts';

/** One RUN of a RUN_SET, or null when it does not say its accession. */
export function parseSraRun(run: XmlElement): SraRun | null {
  const accession = accessionOf(run);
  if (accession === null) return null;
  const statistics = childOf(run, 'Statistics');
  return {
    accession,
    alias: attributeOf(run, 'alias'),
    spots: parseCount(attributeOf(run, 'total_spots')),
    bases: parseCount(attributeOf(run, 'total_bases')),
    published: attributeOf(run, 'published'),
    isPublic: parseTruth(attributeOf(run, 'is_public')),
    cluster: attributeOf(run, 'cluster_name'),
    reads: parseWhole(attributeOf(statistics, 'nreads')),
    readStatistics: everyAt(statistics, 'Read').flatMap((read) => {
      const index = parseWhole(attributeOf(read, 'index'));
      const count = parseCount(attributeOf(read, 'count'));
      const averageLength = parseDecimal(attributeOf(read, 'average'));
      return index === null || count === null || averageLength === null ? [] : [{ index, count, averageLength }];
    }),
    members: parseMembers(run),
    files: everyAt(run, 'SRAFiles', 'SRAFile').flatMap((file) => {
      const parsed = toFile(file);
      return parsed === null ? [] : [parsed];
    }),
  };
}

/** Pool/Member of a package or of a run. */
export function parseMembers(element: XmlElement): readonly SraMember[] {
  return everyAt(element, 'Pool', 'Member').flatMap((member) => {
    const accession = accessionOf(member);
    if (accession === null) return [];
    const name = attributeOf(member, 'sample_name');
    return [
      {
        accession,
        name,
        title: attributeOf(member, 'sample_title'),
        taxonId: parseWhole(attributeOf(member, 'tax_id')),
        organism: attributeOf(member, 'organism'),
        biosample: externalIds(member, 'BioSample')[0] ?? null,
        gsm: firstOf([name, ...externalIds(member, 'GEO')], gsmIn),
      },
    ];
  });
}

/** A file that has neither a name nor an address cannot be told from others and is left out. */
function toFile(file: XmlElement): SraFile | null {
  const copies = copiesOf(file);
  const name = attributeOf(file, 'filename') ?? lastPart(copies[0]?.url);
  if (name === null) return null;
  return {
    name,
    copies,
    bytes: parseCount(attributeOf(file, 'size')),
    md5: md5In(attributeOf(file, 'md5')),
    semanticName: attributeOf(file, 'semantic_name'),
    supertype: attributeOf(file, 'supertype'),
  };
}

/** SRAFile@url comes first; its access is that of the equal Alternatives, where there is one. */
function copiesOf(file: XmlElement): readonly SraCopy[] {
  const copies = new Map<string, SraCopy>();
  const own = attributeOf(file, 'url');
  if (own !== null) copies.set(own, { url: own, accessType: null, freeEgress: null });
  for (const alternative of everyAt(file, 'Alternatives')) {
    const url = attributeOf(alternative, 'url');
    if (url === null || (copies.get(url)?.accessType ?? null) !== null) continue;
    copies.set(url, {
      url,
      accessType: attributeOf(alternative, 'access_type'),
      freeEgress: attributeOf(alternative, 'free_egress'),
    });
  }
  return [...copies.values()];
}

function lastPart(url: string | undefined): string | null {
  const part = url?.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return part === '' ? null : part;
}

function md5In(text: string | null): string | null {
  return text !== null && /^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : null;
}

function parseTruth(text: string | null): boolean | null {
  if (text === 'true') return true;
  return text === 'false' ? false : null;
}
