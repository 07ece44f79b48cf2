/** Headers that choose another representation of the same address, or a part of it. */
const CHOOSING = new Set(['accept', 'accept-language', 'range', 'prefer', 'content-type']);

/** Headers that change no answer. */
const NEUTRAL = new Set([
  'user-agent',
  'accept-encoding',
  'cache-control',
  'referer',
  'if-none-match',
  'if-modified-since',
]);

/** True for a header of a request that makes the answer another one; its value is no secret. */
export function isChoosingHeader(name: string): boolean {
  return CHOOSING.has(name.toLowerCase());
}

/** True for a header that may hold a credential, whatever its name: all that are not known to be something else. */
export function mayBeCredential(name: string): boolean {
  return !isChoosingHeader(name) && !NEUTRAL.has(name.toLowerCase());
}
