/** The authority of a key, as `source` of its row: GEO for GSE, GSM and GPL, else INSDC. */
export function sourceOf(key: string): 'GEO' | 'INSDC' {
  return /^G(SE|SM|PL)\d+$/.test(key) ? 'GEO' : 'INSDC';
}
