import { ACCESSION_KINDS, type AccessionKind, kindOf } from './accession-kinds.ts';

/** Why a text is no accession, and which one was probably meant. */
export interface Why {
  readonly reason: string;
  readonly nearest: string | null;
}

/** Longer texts are not searched further; the longest accession form has 36 characters, a URL with one fits well. */
const MOST_CHARACTERS = 1000;

const NUMBERED: readonly AccessionKind[] = ACCESSION_KINDS.filter((kind) => kind.prefix !== null);

/** Says why a cleaned text is no accession. Call only with texts that are none. */
export function refuse(cleaned: string): Why {
  const text = cleaned.slice(0, MOST_CHARACTERS);
  if (text === '') return { reason: 'empty', nearest: null };
  const foreign = foreignCharacters(text);
  if (foreign !== null) return foreign;
  const upper = text.toUpperCase();
  if (/^\d+$/.test(upper))
    return { reason: 'digits only; an accession begins with letters, as in GSM or SRR', nearest: null };
  return (
    wrongNumber(upper) ??
    mistypedDigits(upper) ??
    trailingLetters(upper) ??
    brokenUp(upper) ??
    surrounded(upper) ??
    wrongPrefix(upper) ?? { reason: 'no form of accession that celline knows', nearest: null }
  );
}

/** Letters that look like Latin ones: Cyrillic and Greek capitals of the letters that accessions use. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ А: 'A', В: 'B', Е: 'E', М: 'M', Р: 'P', Ѕ: 'S', Х: 'X', Ј: 'J', Ԍ: 'G', Ԛ: 'Q', О: 'O', С: 'C' },
  ...{ Α: 'A', Β: 'B', Ε: 'E', Μ: 'M', Ν: 'N', Ρ: 'P', Χ: 'X', Ζ: 'Z', Ο: 'O' },
};

/** Code points of the digit zero in scripts that keyboards offer; their digits follow in order. */
const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xe50, 0xed0, 0x1040, 0x17e0];

function foreignCharacters(text: string): Why | null {
  const character = /[^\x20-\x7E]/u.exec(text)?.[0];
  if (character === undefined) return null;
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const what = /\p{Nd}/u.test(character) ? 'a digit that is not 0 to 9' : 'a character that no accession has';
  const latin = [...text.normalize('NFKC').toUpperCase()].map(latinOf).join('');
  const shown = /\p{C}|\p{Z}/u.test(character) ? code : `"${character}" (${code})`;
  return { reason: `${what}: ${shown}`, nearest: nearestOf(latin.replace(/\s+/g, '')) };
}

function latinOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? (LOOK_ALIKES[character] ?? character) : String(code - zero);
}

/** The id when the text is an accession, else null. */
function nearestOf(upper: string): string | null {
  const kind = kindOf(upper);
  if (kind === null) return null;
  return kind.lowerCase ? upper.toLowerCase() : upper;
}

function ofPrefix(letters: string): AccessionKind | undefined {
  return NUMBERED.find((kind) => kind.prefix === letters);
}

/** `SRR123`, `GSM0`, `GSM01`, `GSM`. */
function wrongNumber(upper: string): Why | null {
  const match = /^([A-Z]+)(\d*)$/.exec(upper);
  const kind = ofPrefix(match?.[1] ?? '');
  if (match === null || kind === undefined) return null;
  const digits = match[2] ?? '';
  const [fewest, most] = kind.digits;
  if (digits === '') return { reason: `no digits after ${kind.prefix}`, nearest: null };
  const bare = digits.replace(/^0+/, '');
  if (!kind.leadingZero && bare === '') return { reason: `numbers of a ${kind.kind} begin at 1`, nearest: null };
  if (!kind.leadingZero && bare !== digits) {
    return { reason: `numbers of a ${kind.kind} have no leading zero`, nearest: nearestOf(`${kind.prefix}${bare}`) };
  }
  const counted = digits.length === 1 ? '1 digit' : `${digits.length} digits`;
  if (digits.length < fewest) return { reason: `${counted}, needs at least ${fewest}`, nearest: null };
  return { reason: `${counted}, has at most ${most}`, nearest: null };
}

/** `GSM57642O9`, `SRR1O00001`, `SRRl234567`: letters where a digit was meant. */
function mistypedDigits(upper: string): Why | null {
  for (const { prefix } of NUMBERED) {
    if (prefix === null || !upper.startsWith(prefix) || !/^[OIL]*\d[\dOIL]*$/.test(upper.slice(prefix.length)))
      continue;
    const nearest = nearestOf(prefix + upper.slice(prefix.length).replaceAll('O', '0').replaceAll(/[IL]/g, '1'));
    if (nearest !== null) return { reason: 'letters among the digits', nearest };
  }
  return null;
}

/** `GSM57642x`, `SRR1234567.1`. */
function trailingLetters(upper: string): Why | null {
  const match = /^([A-Z]+\d+)([A-Z.]\w*)$/.exec(upper);
  const nearest = nearestOf(match?.[1] ?? '');
  if (match === null || nearest === null) return null;
  return { reason: match[2]?.startsWith('.') ? 'a version after the digits' : 'letters after the digits', nearest };
}

/** `GSM 123`, `GSM-123`, `SRR_1234567`. */
function brokenUp(upper: string): Why | null {
  const nearest = nearestOf(upper.replace(/[\s_.:#-]+/g, ''));
  if (nearest === null) return null;
  return { reason: /\s/.test(upper) ? 'a blank inside' : 'a mark inside', nearest };
}

/** A URL, a file name, a sentence, or several ids in one. */
function surrounded(upper: string): Why | null {
  const words = upper.split(/[^A-Z0-9-]+/).flatMap((word) => (kindOf(word) === null ? word.split('-') : [word]));
  const found = [...new Set(words.map(nearestOf).filter((id) => id !== null))];
  const nearest = found[0];
  if (nearest === undefined) return null;
  if (found.length > 1) return { reason: `${found.length} accessions in one id`, nearest };
  return {
    reason: /^(?:HTTPS?|FTP):\/\//.test(upper) ? 'an address, not an accession' : 'more than an accession',
    nearest,
  };
}

/** `GMS123`: a known prefix with two letters swapped, else one letter wrong, missing or too much, when only one fits. */
function wrongPrefix(upper: string): Why | null {
  const match = /^([A-Z]+)(\d+)$/.exec(upper);
  if (match === null) return null;
  const letters = match[1] ?? '';
  const reason = `no accession begins with ${letters}`;
  for (const isNear of [isSwapped, isOneEdit]) {
    const near = NUMBERED.filter((kind) => isNear(letters, kind.prefix ?? ''));
    const fitting = new Set(near.map((kind) => nearestOf(`${kind.prefix}${match[2]}`)).filter((id) => id !== null));
    const [nearest] = fitting;
    if (nearest !== undefined && fitting.size === 1) return { reason, nearest };
  }
  return { reason, nearest: null };
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at !== -1 && a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}

function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  const at = [...long].findIndex((letter, index) => letter !== short[index]);
  return at !== -1 && long.slice(at + 1) === short.slice(long.length === short.length ? at + 1 : at);
}
