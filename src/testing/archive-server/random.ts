/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the values. */
export function pick<const V extends readonly [unknown, ...unknown[]]>(random: () => number, values: V): V[number] {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

/** A whole number from `least` to `most`, both possible. */
export function whole(random: () => number, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** 32 hexadecimal digits: looks like an MD5, is the sum of nothing. */
export function md5Like(random: () => number): string {
  let digits = '';
  for (let part = 0; part < 4; part += 1) digits += whole(random, 0, 0xffff_ffff).toString(16).padStart(8, '0');
  return digits;
}
