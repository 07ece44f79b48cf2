import { attributeOf, childOf, descend, everyAt, textOf, type XmlElement } from './xml-element.ts';

/** One TAG/VALUE/UNITS of an INSDC record. */
export interface InsdcAttribute {
  readonly tag: string;
  /** '' for an empty VALUE; null when the VALUE is absent. */
  readonly value: string | null;
  readonly units: string | null;
}

/** One XREF_LINK of an INSDC record. */
export interface InsdcLink {
  readonly db: string;
  readonly id: string;
  readonly label: string | null;
}

/** The accession of a STUDY, SAMPLE, EXPERIMENT, RUN or PROJECT: @accession, else IDENTIFIERS/PRIMARY_ID. */
export function accessionOf(element: XmlElement | undefined): string | null {
  return attributeOf(element, 'accession') ?? textOf(descend(element, 'IDENTIFIERS', 'PRIMARY_ID'));
}

/** The IDENTIFIERS/EXTERNAL_ID of a namespace (compared case-blind), in document order. */
export function externalIds(element: XmlElement | undefined, namespace: string): readonly string[] {
  return everyAt(element, 'IDENTIFIERS', 'EXTERNAL_ID')
    .filter((id) => attributeOf(id, 'namespace')?.toLowerCase() === namespace.toLowerCase())
    .map(textOf)
    .filter((id) => id !== null);
}

/** All attributes `<kind>_ATTRIBUTES/<kind>_ATTRIBUTE` in document order; one without a TAG is left out. */
export function attributesOf(
  element: XmlElement | undefined,
  kind: 'SAMPLE' | 'EXPERIMENT' | 'STUDY',
): InsdcAttribute[] {
  return everyAt(element, `${kind}_ATTRIBUTES`, `${kind}_ATTRIBUTE`).flatMap((attribute) => {
    const tag = textOf(childOf(attribute, 'TAG'));
    if (tag === null) return [];
    const value = childOf(attribute, 'VALUE')?.text.trim() ?? null;
    return [{ tag, value, units: textOf(childOf(attribute, 'UNITS')) }];
  });
}

/**
 * True for the attributes that ENA adds to the submitter's own (`ENA-FIRST-PUBLIC`, `ENA-SPOT-COUNT`, `ENA-CHECKLIST`, …).
 * NCBI mirrors those of ERS samples, and not always the same ones: without them both archives tell a sample alike.
 */
export function isEnaExtra(attribute: InsdcAttribute): boolean {
  return attribute.tag.startsWith('ENA-');
}

/** All links `<kind>_LINKS/<kind>_LINK/XREF_LINK` in document order; one without DB or ID is left out. */
export function linksOf(
  element: XmlElement | undefined,
  kind: 'SAMPLE' | 'EXPERIMENT' | 'STUDY' | 'PROJECT',
): InsdcLink[] {
  return everyAt(element, `${kind}_LINKS`, `${kind}_LINK`, 'XREF_LINK').flatMap((link) => {
    const db = textOf(childOf(link, 'DB'));
    const id = textOf(childOf(link, 'ID'));
    return db === null || id === null ? [] : [{ db, id, label: textOf(childOf(link, 'LABEL')) }];
  });
}

/** PubMed ids among links, without repeats. ENA joins several with a comma. */
export function pubmedIdsOf(links: readonly InsdcLink[]): readonly string[] {
  const ids = links
    .filter((link) => link.db.toLowerCase() === 'pubmed')
    .flatMap((link) => link.id.split(','))
    .map((id) => id.trim())
    .filter((id) => /^\d+$/.test(id));
  return [...new Set(ids)];
}

/** The GSM that a name stands for: the GSM itself, or GEO's name of a run of it (`GSM5904835_r1`, also the alias of newer experiments). */
export function gsmIn(name: string | null): string | null {
  return name === null ? null : (/^(GSM\d+)(?:_r\d+)?$/.exec(name)?.[1] ?? null);
}

/** The GSE that a name is. */
export function gseIn(name: string | null): string | null {
  return name !== null && /^GSE\d+$/.test(name) ? name : null;
}

/** The first of the names that a test gives something for. */
export function firstOf(
  names: readonly (string | null)[],
  test: (name: string | null) => string | null,
): string | null {
  for (const name of names) {
    const found = test(name);
    if (found !== null) return found;
  }
  return null;
}
