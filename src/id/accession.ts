import { type AccessionKind, type AccessionLevel, type ArchiveName, kindOf } from './accession-kinds.ts';
import { cleanIdText } from './clean-text.ts';
import { refuse } from './refuse.ts';

/** A text that is an accession. */
export interface Accession {
  readonly ok: true;
  /** As the archive writes it: `GSM5764259`, `phs000424.v9.p2`. */
  readonly id: string;
  readonly archive: ArchiveName;
  /** What the archive calls such a record: `GEO sample`, `SRA run`. */
  readonly kind: string;
  readonly level: AccessionLevel;
  /** True when the built-in handlers fetch it; a plug-in may fetch others. */
  readonly supported: boolean;
  /** Page where to ask for it by hand. */
  readonly page: string;
}

/** A text that is no accession that celline knows; a plug-in may know it. */
export interface Refusal {
  readonly ok: false;
  /** Why, without a full stop: `letters after the digits`. */
  readonly reason: string;
  /** The accession that was probably meant, or null. */
  readonly nearest: string | null;
}

/** Reads a text as an accession. Pure; a typo is refused here, before any request. */
export function readAccession(text: string): Accession | Refusal {
  const cleaned = cleanIdText(text);
  const kind = /^[\x20-\x7E]+$/.test(cleaned) ? kindOf(cleaned.toUpperCase()) : null;
  return kind === null ? { ok: false, ...refuse(cleaned) } : accessionOf(kind, cleaned.toUpperCase());
}

/** Why a text is refused, with the nearest form: `letters after the digits; did you mean GSM57642?`. */
export function refusalReason(refusal: Refusal): string {
  return refusal.nearest === null ? refusal.reason : `${refusal.reason}; did you mean ${refusal.nearest}?`;
}

/** Why an accession has no handler: `EGA dataset (archive: EGA) is not supported yet; look at https://…`. */
export function unsupportedReason(accession: Accession): string {
  return `${accession.kind} (archive: ${accession.archive}) is not supported yet; look at ${accession.page}`;
}

function accessionOf(kind: AccessionKind, upper: string): Accession {
  const id = kind.lowerCase ? upper.toLowerCase() : upper;
  const { archive, level, supported } = kind;
  return { ok: true, id, archive, kind: kind.kind, level, supported, page: kind.page.replace('{id}', id) };
}
