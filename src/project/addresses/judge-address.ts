import type { FailureName } from '../../errors/failure-name.ts';
import type { AddressFacts } from './address-type.ts';

/** What became of the question for one address. */
export type Found =
  | {
      readonly kind: 'there';
      readonly bytes: bigint | null;
      readonly type: string | null;
      /** True when the bytes are those on the way, and not those of the file. */
      readonly isCompressed: boolean;
    }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly failure: FailureName | null };

/** What the host has, beside what the archive said of the file: its name and bytes. */
export function judgeAddress(
  found: Found,
  stated: { readonly name: string; readonly bytes: bigint | null },
): Pick<AddressFacts, 'state' | 'found' | 'type' | 'reason' | 'failure'> {
  if (found.kind !== 'there') {
    const failure = found.kind === 'unknown' ? found.failure : null;
    return { state: found.kind, found: null, type: null, reason: found.reason, failure };
  }
  const { bytes, type } = found;
  const about = { found: bytes, type, failure: null };
  if (stated.bytes !== null && stated.bytes === bytes) return { state: 'ok', reason: null, ...about };
  if (isPageInPlaceOf(stated.name, type)) {
    return { state: 'differs', reason: 'the host sends a web page in its place', ...about };
  }
  if (stated.bytes === null) return { state: 'ok', reason: null, ...about };
  if (bytes === null) {
    return { state: 'unknown', reason: 'it is there; the host does not tell its size', ...about };
  }
  if (found.isCompressed) {
    const reason = 'it is there; the host compresses it on the way, so that its size is not told';
    return { state: 'unknown', reason, ...about, found: null };
  }
  return { state: 'differs', reason: `${bytes} bytes in place of ${stated.bytes}`, ...about };
}

function isPageInPlaceOf(name: string, type: string | null): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type ?? '') && !/\.x?html?$/i.test(name);
}
