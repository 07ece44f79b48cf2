/** A count or a size in decimal digits, of any length; null for anything else (`variable`, `-1`, empty). */
export function parseCount(text: string | null): bigint | null {
  return text !== null && /^\d+$/.test(text) ? BigInt(text) : null;
}

/** A whole number that fits a JavaScript number (taxon id, index, number of reads); null for anything else. */
export function parseWhole(text: string | null): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** A decimal number of zero or more (mean read length); null for anything else. */
export function parseDecimal(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}
