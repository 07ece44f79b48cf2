/** A second, simple reading of XML by regular expressions, to compare parsers with. Knows nothing of nesting or meaning. */

/** Source text of every element of this name, outermost first; elements of the same name are not nested. */
export function elements(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*?)?(?:/>|>[\\s\\S]*?</${name}>)`, 'g'))].map(
    (match) => match[0],
  );
}

/** The start tags of this name. */
export function startTags(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>`, 'g'))].map((match) => match[0]);
}

/** An attribute of the first start tag in the text; null when absent or empty. */
export function attribute(text: string, name: string): string | null {
  const tag = /<[^>]*>/.exec(text)?.[0] ?? '';
  return saying(decoded(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''));
}

/** The text of the first element of this name; null when absent or empty. */
export function text(source: string, name: string): string | null {
  return saying(content(source, name));
}

/** The text of the first element of this name, '' for an empty one; null when absent. */
export function content(source: string, name: string): string | null {
  const match = new RegExp(`<${name}(?:\\s[^>]*?)?(?:/>|>([\\s\\S]*?)</${name}>)`).exec(source);
  return match === null ? null : decoded(match[1] ?? '').trim();
}

function saying(read: string | null): string | null {
  const trimmed = read?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function decoded(raw: string): string {
  return raw
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/\r\n?/g, '\n')
    .replace(/&#x([0-9a-fA-F]+);/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}
