/** Keys of one look-up; a few thousand is what the store takes at once. */
const KEYS_AT_A_TIME = 1000;

/** Looks up many keys piece by piece and gives all that was found. */
export async function inKeyPieces<T>(
  keys: readonly string[],
  read: (piece: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (let start = 0; start < keys.length; start += KEYS_AT_A_TIME) {
    all.push(...(await read(keys.slice(start, start + KEYS_AT_A_TIME))));
  }
  return all;
}
