import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';

/** The YAML text with a value at a path; comments and the order of keys stay. Objects on the way are made. */
export function setInYaml(text: string, path: readonly string[], value: unknown): string {
  const document = parseDocument(text);
  // What is no object cannot hold the rest of the path.
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    if (document.hasIn(above) && !isMap(document.getIn(above, true))) document.deleteIn(above);
  }
  const list = document.getIn(path, true);
  if (isSeq(list) && Array.isArray(value)) setItems(list, value, document);
  else document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}

/** Sets the items of a list; one that stays at its place stays as it is written. */
function setItems(list: YAMLSeq, values: readonly unknown[], document: Document): void {
  const before: unknown[] = list.toJSON();
  list.items = values.map((value, index) =>
    index in before && isDeepStrictEqual(before[index], value) ? list.items[index] : document.createNode(value),
  );
}

/**
 * The YAML text without the value at a path, and without the objects that hold nothing afterwards; the same text when there is
 * none. A comment above the value may go with it.
 */
export function removeFromYaml(text: string, path: readonly string[]): string {
  const document = parseDocument(text);
  if (!document.hasIn(path)) return text;
  for (let depth = path.length; depth > 0; depth -= 1) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (depth === path.length || (isMap(node) && node.items.length === 0)) document.deleteIn(above);
  }
  return document.toString({ lineWidth: 0 });
}
