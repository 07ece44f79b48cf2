const KEPT: ReadonlySet<string> = new Set([
  'content-type',
  'etag',
  'last-modified',
  'date',
  'link',
  'content-disposition',
]);

/** The headers that are worth keeping with an answer: what revalidation, paging, file names and readers need. No cookies. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.has(name)));
}
