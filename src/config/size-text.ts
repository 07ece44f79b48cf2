const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** A part of a byte is none: a fraction has its unit. */
const SIZE_TEXT = /^\s*(\d+(?:\.\d+(?=\s*[kKmMgGtTbB]))?)\s*([kKmMgGtT]?[bB])?\s*$/;

/** A size above 0 with its unit: `500MB`, `1.5 GB`; a number alone is bytes. Without flags, which a JSON Schema does not know. */
export const SIZE_ABOVE_0 = new RegExp(`^(?=.*[1-9])${SIZE_TEXT.source.slice(1)}`);

/** Whole bytes of a size, in powers of 1000; null for what is none. */
export function bytesOf(text: string): number | null {
  const [, number, unit = 'b'] = SIZE_TEXT.exec(text) ?? [];
  return number === undefined ? null : Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
}
