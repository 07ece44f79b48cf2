const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The day of "2024-10-02", "2024-10-02 12:41:34" (SRA) and "2019-03-01T00:00:00.000" (BioSample); null for anything else. */
export function dayOf(text: string | null): string | null {
  return /^\d{4}-\d{2}-\d{2}(?=$|[ T])/.exec(text ?? '')?.[0] ?? null;
}

/** The day of GEO's status "Public on Aug 24 2020"; null when the status says something else. */
export function publicDay(status: string | null): string | null {
  const [, name, day, year] = /^Public on ([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})$/.exec(status ?? '') ?? [];
  const month = MONTHS.indexOf(name ?? '') + 1;
  if (month === 0 || day === undefined || year === undefined) return null;
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The earliest of some days; null when none is known. */
export function earliest(days: Iterable<string | null | undefined>): string | null {
  let first: string | null = null;
  for (const day of days) if (day && (first === null || day < first)) first = day;
  return first;
}
