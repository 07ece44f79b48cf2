import { escapeText } from './answer.ts';

/** Attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element in one line. Content is XML already (`text()` makes it so); none closes the tag at once. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${escapeText(String(value)).replaceAll('"', '&quot;')}"`;
  }
  const inner = content.join('');
  return inner === '' ? `${tag}/>` : `${tag}>${inner}</${name}>`;
}

/** An element that holds only text. */
export function textElement(name: string, value: string | number, attributes: Attributes = {}): string {
  return element(name, attributes, escapeText(String(value)));
}

/** `<X_LINK><XREF_LINK>…`: how the INSDC records point to another database. */
export function crossReference(kind: string, database: string, id: string, label?: string): string {
  return element(
    `${kind}_LINK`,
    {},
    element(
      'XREF_LINK',
      {},
      textElement('DB', database),
      textElement('ID', id),
      label === undefined ? '' : textElement('LABEL', label),
    ),
  );
}

/** `<X_ATTRIBUTE><TAG>…`: how the INSDC records hold attributes. An empty value has no VALUE element. */
export function tagValue(kind: string, tag: string, value: string, units?: string): string {
  return element(
    `${kind}_ATTRIBUTE`,
    {},
    textElement('TAG', tag),
    value === '' ? '' : textElement('VALUE', value),
    units === undefined ? '' : textElement('UNITS', units),
  );
}

/** A list element, or nothing for an empty list: the archives write no empty lists. */
export function listElement(name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : element(name, {}, ...items);
}

/**
 * The same XML with one element per line, as ENA's Browser prints it: 5 blanks per level, text beside its tags.
 * The input comes from `element`, so a tag holds no `>` but its own.
 */
export function indented(xml: string): string {
  const lines: string[] = [];
  let depth = 0;
  const parts = xml.match(/<[^>]+>[^<]*/g) ?? [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    const next = parts[index + 1];
    if (part.startsWith('</')) depth -= 1;
    const margin = ' '.repeat(5 * depth);
    const isLeaf = !part.startsWith('</') && !part.includes('/>') && next?.startsWith('</') === true;
    if (isLeaf) {
      lines.push(`${margin}${part}${next}`);
      index += 1;
    } else {
      lines.push(`${margin}${part}`);
      if (!part.startsWith('</') && !part.includes('/>')) depth += 1;
    }
  }
  return lines.join('\n');
}
