/** A member of an object within a JSON text, by offsets. */
interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** An object within a JSON text. */
interface Place {
  /** Of its `{`. */
  readonly start: number;
  readonly members: readonly Member[];
}

/**
 * The JSON text with a value at a path: what the value is not part of stays as it is written, letter by letter. Objects on the
 * way are made; whatever else is in the way is replaced. The text must be valid and hold an object. Pure.
 */
export function setInJson(text: string, path: readonly string[], value: unknown): string {
  let place = objectAt(text, text.indexOf('{'));
  for (const [depth, key] of path.entries()) {
    const member = place.members.findLast((one) => one.key === key);
    const rest = path.slice(depth + 1);
    if (member === undefined) return withMember(text, place, key, nested(rest, value));
    if (rest.length === 0 || text[member.valueStart] !== '{') {
      const written = jsonIn(text, member.keyStart, nested(rest, value));
      return text.slice(0, member.valueStart) + written + text.slice(member.valueEnd);
    }
    place = objectAt(text, member.valueStart);
  }
  return text;
}

/**
 * The JSON text without the value at a path, and without the objects that hold nothing afterwards, down to the first `kept` names
 * of the path. The same text when there is no such value. Pure.
 */
export function removeFromJson(text: string, path: readonly string[], kept = 0): string {
  let place = objectAt(text, text.indexOf('{'));
  for (const [depth, key] of path.entries()) {
    const index = place.members.findLastIndex((one) => one.key === key);
    const member = place.members[index];
    if (member === undefined) return text;
    if (depth === path.length - 1) {
      const isAlone = place.members.length === 1;
      return isAlone && depth > kept
        ? removeFromJson(text, path.slice(0, -1), kept)
        : withoutMember(text, place, index);
    }
    if (text[member.valueStart] !== '{') return text;
    place = objectAt(text, member.valueStart);
  }
  return text;
}

function withMember(text: string, { start, members }: Place, key: string, value: unknown): string {
  const last = members.at(-1);
  if (last === undefined) {
    const [outer, inner] = [indentAt(text, start), indentAt(text, start) + unitOf(text)];
    const end = text.indexOf('}', start);
    const written = JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `\n${inner}`);
    return `${text.slice(0, start + 1)}\n${inner}${JSON.stringify(key)}: ${written}\n${outer}${text.slice(end)}`;
  }
  const before = members.at(-2)?.valueEnd;
  // As the members before it are set apart: after the comma, or after the brace.
  const gap = text.slice(before === undefined ? start + 1 : text.indexOf(',', before) + 1, last.keyStart);
  const colon = text.slice(last.keyEnd, last.valueStart);
  const written = jsonIn(text, last.keyStart, value);
  return `${text.slice(0, last.valueEnd)},${gap}${JSON.stringify(key)}${colon}${written}${text.slice(last.valueEnd)}`;
}

function withoutMember(text: string, { start, members }: Place, index: number): string {
  const [before, member, after] = [members[index - 1], members[index], members[index + 1]];
  if (member === undefined) return text;
  if (before !== undefined) return text.slice(0, before.valueEnd) + text.slice(member.valueEnd);
  if (after !== undefined) return text.slice(0, member.keyStart) + text.slice(after.keyStart);
  return text.slice(0, start + 1) + text.slice(text.indexOf('}', member.valueEnd));
}

/** A value as JSON text, set in as the text around it is: on lines of its own where the member at `keyStart` begins a line. */
function jsonIn(text: string, keyStart: number, value: unknown): string {
  const lineStart = text.lastIndexOf('\n', keyStart) + 1;
  const indent = text.slice(lineStart, keyStart);
  if (lineStart === 0 || indent.trim() !== '') return JSON.stringify(value);
  return JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `\n${indent}`);
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((below, key) => ({ [key]: below }), value);
}

/** What one step is indented by: as the first member of the text is, else two blanks. */
function unitOf(text: string): string {
  return /^\s*\{[^\S\n]*\r?\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
}

/** The indentation of the line that an offset is on. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset) + 1))?.[0] ?? '';
}

function objectAt(text: string, start: number): Place {
  const members: Member[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const keyEnd = valueEnd(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const member = { key: String(JSON.parse(text.slice(at, keyEnd))), keyStart: at, keyEnd, valueStart };
    members.push({ ...member, valueEnd: valueEnd(text, valueStart) });
    at = skipSpace(text, valueEnd(text, valueStart));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return { start, members };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}

/** Where the value ends that begins at an offset. */
function valueEnd(text: string, start: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s"{}[\],:]+/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{' || match[0] === '[') depth += 1;
    if (match[0] === '}' || match[0] === ']') depth -= 1;
    if (depth === 0) return token.lastIndex;
  }
  return text.length;
}
