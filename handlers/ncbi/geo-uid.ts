/** Where the UIDs of each kind of GEO record begin in Entrez `db=gds`. */
const UID_BASE: Readonly<Record<string, number>> = {
  GDS: 0,
  GPL: 100_000_000,
  GSE: 200_000_000,
  GSM: 300_000_000,
};

/** The kinds are 100 million apart: a higher number would be the UID of another kind. */
const HIGHEST_NUMBER = 99_999_999;

/**
 * The Entrez UID of a GEO accession (`GSM3526037` → `303526037`), or null when there is none by this rule.
 * The rule holds in every recorded summary but is no published contract: check the accession that comes back.
 */
export function gdsUid(accession: string): string | null {
  const match = /^(G(?:SE|SM|PL|DS))([1-9]\d*)$/.exec(accession);
  if (match === null) return null;
  const base = UID_BASE[match[1] ?? ''];
  const number = Number(match[2]);
  return base === undefined || number > HIGHEST_NUMBER ? null : String(base + number);
}
