/** Characters below which a text is no secret: blanking it out would make messages unreadable. */
const SHORTEST = 4;

/** Characters from which a beginning is blanked out too: a text that is cut may end within a secret. */
const CUT = 8;

/** The secrets of a stack and the forms in which they travel. */
export interface SecretMask {
  /** From now on this text is a secret: itself, in base64, and as addresses, forms, JSON and HTML write it. */
  add(secret: string): void;
  /** The text with every secret blanked out, and every beginning of one. */
  mask(text: string): string;
  /** True when the bytes hold a secret, across the borders of chunks too. */
  isIn(chunks: AsyncIterable<Uint8Array>): Promise<boolean>;
  /** True when there is nothing to hide. */
  isEmpty(): boolean;
}

/** Creates a mask that knows no secret. */
export function createSecretMask(): SecretMask {
  const forms = new Set<string>();
  /** Forms that begin alike are looked at together: where they part, the longest one that is there goes. */
  const alike = new Map<string, string[]>();
  const addForm = (form: string) => {
    if (form.length < SHORTEST || forms.has(form)) return;
    forms.add(form);
    const start = form.slice(0, CUT);
    alike.set(start, [...(alike.get(start) ?? []), form]);
  };
  const add = (secret: string) => {
    if (secret.length < SHORTEST) return;
    for (const form of formsOf(secret)) addForm(form);
  };
  return {
    add,
    mask: (text) => [...alike].reduce((masked, [start, some]) => blanked(masked, start, some), text),
    isIn: (chunks) => holds(chunks, [...forms]),
    isEmpty: () => forms.size === 0,
  };
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  return [
    secret,
    ...base64Of(secret),
    encoded,
    encoded.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ];
}

/** Three bytes are four digits: how a text looks within base64 depends on the place where it begins, as after `user:`. */
function base64Of(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const own = (digits: string) => digits.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [own(bytes.toString('base64')), own(bytes.toString('base64url'))];
  });
}

function blanked(text: string, start: string, forms: readonly string[]): string {
  let masked = '';
  let from = 0;
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, from)) {
    masked += `${text.slice(from, at)}***`;
    from = at + Math.max(...forms.map((form) => commonLength(text, at, form)));
  }
  return masked + text.slice(from);
}

/** Characters that the text at a place and the form have in common. */
function commonLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  return length;
}

async function holds(chunks: AsyncIterable<Uint8Array>, forms: readonly string[]): Promise<boolean> {
  const overlap = Math.max(0, ...forms.map((form) => Buffer.byteLength(form) - 1));
  let before: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const window =
      before.byteLength === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([before, chunk]);
    if (forms.some((form) => window.includes(form))) return true;
    before = Buffer.from(window.subarray(Math.max(0, window.byteLength - overlap)));
  }
  return false;
}
