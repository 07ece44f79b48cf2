/** Orders accessions by prefix, then by number: SRR9 before SRR10. */
export function byAccession(a: string, b: string): number {
  const [prefixA, digitsA] = split(a);
  const [prefixB, digitsB] = split(b);
  if (prefixA !== prefixB) return prefixA < prefixB ? -1 : 1;
  if (digitsA !== digitsB) return digitsA - digitsB;
  return a < b ? -1 : Number(a > b);
}

function split(accession: string): [string, number] {
  const digits = /(?<!\d)\d+$/.exec(accession)?.[0] ?? '';
  return [accession.slice(0, accession.length - digits.length), Number(digits)];
}
