/** A function of a source file, as far as a scanner without a parser can tell. */
export interface FoundFunction {
  /** Line of its body's opening brace, from 1. */
  readonly line: number;
  /** Lines from the opening brace to the closing one. */
  readonly lines: number;
}

/** One import or re-export of a source file. */
export interface FoundImport {
  readonly from: string;
  readonly line: number;
}

/** TypeScript with strings, templates, regular expressions and comments blanked; every other character keeps its place. */
export function blankLiterals(source: string): string {
  let out = '';
  let at = 0;
  while (at < source.length) {
    const end = literalEnd(source, at, out);
    if (end === at) {
      out += source[at];
      at += 1;
    } else {
      out += blanked(source.slice(at, end));
      at = end;
    }
  }
  return out;
}

/** The functions that have a block body: declarations, methods, arrow functions. */
export function findFunctions(source: string): FoundFunction[] {
  const code = blankLiterals(source);
  const found: FoundFunction[] = [];
  for (let at = code.indexOf('{'); at >= 0; at = code.indexOf('{', at + 1)) {
    if (!opensFunction(code, at)) continue;
    const line = lineOf(code, at);
    found.push({ line, lines: lineOf(code, closingBrace(code, at)) - line + 1 });
  }
  return found;
}

/** Everything that the source imports, dynamic imports included. */
export function findImports(source: string): FoundImport[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;
  return [...source.matchAll(pattern)].map((match) => ({
    from: match[1] ?? match[2] ?? match[3] ?? '',
    line: lineOf(source, match.index + match[0].length),
  }));
}

/** Blanks of the same length and lines; the delimiters of a string stay, so that a literal type is still seen as a type. */
function blanked(literal: string): string {
  const inside = literal.replace(/[^\n]/g, ' ');
  const delimiter = literal[0] ?? '';
  if (!`'"\``.includes(delimiter) || literal.length < 2) return inside;
  return delimiter + inside.slice(1, -1) + delimiter;
}

/** The line of a place in the text, from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Where the literal or comment that begins here ends; `at` itself when none does. */
function literalEnd(source: string, at: number, before: string): number {
  const two = source.slice(at, at + 2);
  if (two === '//') return indexOrEnd(source, '\n', at);
  if (two === '/*') return indexOrEnd(source, '*/', at + 2) + 2;
  const char = source[at] ?? '';
  if (char === "'" || char === '"') return quotedEnd(source, at, char);
  if (char === '`') return templateEnd(source, at);
  if (char === '/' && beginsRegex(before)) return regexEnd(source, at);
  return at;
}

function quotedEnd(source: string, at: number, quote: string): number {
  for (let i = at + 1; i < source.length; i += 1) {
    if (source[i] === '\\') i += 1;
    else if (source[i] === quote || source[i] === '\n') return i + 1;
  }
  return source.length;
}

/** A template with everything inside it, nested templates included. */
function templateEnd(source: string, at: number): number {
  let depth = 0;
  for (let i = at + 1; i < source.length; i += 1) {
    const char = source[i];
    if (char === '\\') i += 1;
    else if (depth === 0 && char === '`') return i + 1;
    else if (depth > 0 && char === '`') i = templateEnd(source, i) - 1;
    else if (depth > 0 && (char === "'" || char === '"')) i = quotedEnd(source, i, char) - 1;
    else if (source.startsWith('${', i)) {
      depth += 1;
      i += 1;
    } else if (depth > 0 && char === '{') depth += 1;
    else if (depth > 0 && char === '}') depth -= 1;
  }
  return source.length;
}

function regexEnd(source: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < source.length; i += 1) {
    const char = source[i];
    if (char === '\\') i += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '\n') return at;
    else if (char === '/' && !inClass) return i + 1;
  }
  return at;
}

/** A slash divides after a value and begins a regular expression elsewhere. */
function beginsRegex(before: string): boolean {
  return /(?:^|[=(,;:!&|?{}[+*<>~^%-]|\breturn|\btypeof|\bcase)\s*$/.test(before);
}

/** True when the brace opens the body of a function: after `=>`, or after a parameter list and its result type. */
function opensFunction(code: string, brace: number): boolean {
  const before = code.slice(Math.max(0, brace - 2000), brace).trimEnd();
  if (before.endsWith('=>')) return true;
  const head = withoutResultType(before);
  if (head === null) return false;
  const open = openingParenthesis(head);
  const word = /([\w$#]+)\s*(?:<[^()]*>)?$/.exec(head.slice(0, open))?.[1] ?? '';
  return open > 0 && word !== '' && !['if', 'for', 'while', 'switch', 'catch', 'with', 'await'].includes(word);
}

/** The text up to the closing parenthesis of the parameters, or null when there is none. */
function withoutResultType(before: string): string | null {
  if (before.endsWith(')')) return before;
  const type = /\)\s*:\s*[^;={}()]*(?:\{[^{}]*\}[^;={}()]*|\([^()]*\)[^;={}()]*)*$/.exec(before);
  // After `:`, `|` and the like a brace opens a type, no body.
  return type === null || /[:|&<,]$/.test(before) ? null : before.slice(0, type.index + 1);
}

function openingParenthesis(head: string): number {
  let depth = 0;
  for (let i = head.length - 1; i >= 0; i -= 1) {
    if (head[i] === ')') depth += 1;
    else if (head[i] === '(') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
}

function closingBrace(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i += 1) {
    if (code[i] === '{') depth += 1;
    else if (code[i] === '}') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return code.length;
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index < 0 ? source.length : index;
}
