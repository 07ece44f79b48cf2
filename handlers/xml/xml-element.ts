/** An element with everything below it, comments and skipped elements left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Child elements in document order. */
  readonly children: readonly XmlElement[];
  /** Its own character data, CDATA included, as it came: pretty-printing is not trimmed here. */
  readonly text: string;
}

/** The first child element of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The first element at this path of names below the element. */
export function descend(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce(childOf, element);
}

/** All elements at this path of names below the element, through every branch, in document order. */
export function everyAt(element: XmlElement | undefined, ...path: readonly string[]): readonly XmlElement[] {
  const start = element === undefined ? [] : [element];
  return path.reduce<readonly XmlElement[]>(
    (found, name) => found.flatMap((parent) => parent.children.filter((child) => child.name === name)),
    start,
  );
}

/** The first element of this name anywhere below the element, parents before children. */
export function findBelow(element: XmlElement | undefined, name: string): XmlElement | undefined {
  for (const child of element?.children ?? []) {
    const found = child.name === name ? child : findBelow(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text of an element without the white space around it; null when it is absent or says nothing. */
export function textOf(element: XmlElement | undefined): string | null {
  return sayingText(element?.text);
}

/** An attribute without the white space around it; null when it is absent or says nothing. */
export function attributeOf(element: XmlElement | undefined, name: string): string | null {
  return sayingText(element?.attributes[name]);
}

function sayingText(text: string | undefined): string | null {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? null : trimmed;
}
