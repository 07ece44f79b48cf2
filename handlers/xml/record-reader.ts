import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { XmlElement } from './xml-element.ts';
import { badXml, type XmlFormat } from './xml-format.ts';

/** Deepest nesting accepted. The deepest recorded answer (a dump of BioProjects) has 11 levels. */
export const MAX_DEPTH = 64;

/** Longest text of one element in UTF-16 code units, and longest stretch without any tag: 16 Mi. */
export const MAX_TEXT = 16 * 1024 * 1024;

/** Most elements in one record. The largest recorded package has 425; a run that pools 10,000 samples about 100,000. */
export const MAX_ELEMENTS = 1_000_000;

/** Faults in character data that cost one character, never a whole batch of records: saxes keeps the text as it stands. */
const TOLERATED = new Set([
  'disallowed character.',
  'undefined entity.',
  'malformed character entity.',
  'disallowed character in entity name.',
  'the string "]]>" is disallowed in char data.',
]);

/** What saxes says when a document ends before it is complete. */
const CUT = /^(unclosed tag|unexpected end|document must contain a root element)/;

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Takes a document in pieces and gives its records as they close, so that memory holds one record at a time.
 * Refuses cut documents, foreign roots, error messages in place of data, and documents that would exhaust memory.
 */
export class RecordReader {
  readonly #format: XmlFormat;
  readonly #records: ReadonlySet<string>;
  readonly #skip: ReadonlySet<string>;
  readonly #parser = new SaxesParser({ xmlns: false, position: false });
  /** Open elements of the record that is being read, outermost first; empty between records. */
  readonly #open: OpenElement[] = [];
  #finished: XmlElement[] = [];
  #depth = 0;
  /** Depth of the skipped element that is open, 0 when none is. */
  #skippedFrom = 0;
  #elements = 0;
  #tags = 0;
  #quiet = 0;
  #root: string | null = null;
  #read = 0;
  /** How the document begins, for the message about one that is no XML. */
  #head = '';

  constructor(format: XmlFormat) {
    this.#format = format;
    this.#records = new Set(format.records);
    this.#skip = new Set(format.skip);
    this.#parser.on('opentag', (tag) => this.#opened(tag));
    this.#parser.on('closetag', () => this.#closed());
    this.#parser.on('text', (text) => this.#textCame(text));
    this.#parser.on('cdata', (text) => this.#textCame(text));
    this.#parser.on('error', (error) => this.#failed(error.message));
  }

  /** Reads a piece and gives the records that closed in it. Throws a `BadResponseError` as soon as one is certain. */
  write(piece: string): readonly XmlElement[] {
    const tags = this.#tags;
    this.#read += piece.length;
    if (this.#head.length < 200) this.#head += piece.slice(0, 200 - this.#head.length);
    this.#parser.write(piece);
    this.#quiet = this.#tags === tags ? this.#quiet + piece.length : 0;
    if (this.#quiet > MAX_TEXT) throw badXml(this.#format, 'too_large', `${MAX_TEXT} characters without a tag`);
    return this.#take();
  }

  /** Says that the document ends here. Throws a `BadResponseError` when it is cut. */
  end(): readonly XmlElement[] {
    this.#parser.close();
    return this.#take();
  }

  #take(): readonly XmlElement[] {
    const finished = this.#finished;
    if (finished.length > 0) this.#finished = [];
    return finished;
  }

  #opened(tag: SaxesTagPlain): void {
    this.#tags += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw badXml(this.#format, 'too_large', `elements nested deeper than ${MAX_DEPTH}`);
    this.#root ??= tag.name;
    if (this.#skippedFrom > 0) return;
    if (this.#open.length === 0) {
      const record = this.#rootIsRight() && this.#records.has(tag.name);
      if (!record && !isError(tag.name)) return;
      this.#elements = 0;
    } else if (this.#skip.has(tag.name)) {
      this.#skippedFrom = this.#depth;
      return;
    }
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS)
      throw badXml(this.#format, 'too_large', `a record of over ${MAX_ELEMENTS} elements`);
    this.#open.push({ name: tag.name, attributes: tag.attributes, children: [], text: '' });
  }

  #textCame(text: string): void {
    const element = this.#open.at(-1);
    if (element === undefined || this.#skippedFrom > 0) return;
    element.text += text;
    if (element.text.length > MAX_TEXT) {
      throw badXml(this.#format, 'too_large', `more than ${MAX_TEXT} characters in <${element.name}>`);
    }
  }

  #closed(): void {
    this.#tags += 1;
    const depth = this.#depth;
    this.#depth -= 1;
    if (this.#skippedFrom > 0) {
      if (depth === this.#skippedFrom) this.#skippedFrom = 0;
      return;
    }
    const element = this.#open.pop();
    if (element !== undefined) {
      const parent = this.#open.at(-1);
      if (parent !== undefined) parent.children.push(element);
      else this.#recordClosed(element);
    }
    if (depth === 1 && !this.#rootIsRight()) this.#refuseRoot();
  }

  #recordClosed(element: OpenElement): void {
    if (!this.#records.has(element.name) && isError(element.name)) {
      const message = element.text.trim().slice(0, 300);
      throw badXml(
        this.#format,
        'error_text',
        `the archive answered an error: ${message === '' ? 'no text' : message}`,
      );
    }
    this.#finished.push(element);
  }

  #rootIsRight(): boolean {
    return this.#root === null || this.#format.roots.includes(this.#root);
  }

  #refuseRoot(): never {
    throw badXml(
      this.#format,
      'wrong_root',
      `the answer is <${this.#root}>, not <${this.#format.roots.join('> or <')}>`,
    );
  }

  #failed(problem: string): void {
    if (TOLERATED.has(problem) && this.#rootIsRight() && this.#root !== null) return;
    if (!this.#rootIsRight()) this.#refuseRoot();
    const place = `after ${this.#read} characters`;
    if (this.#root === null && this.#head.trim() !== '' && !this.#head.trimStart().startsWith('<')) {
      throw badXml(this.#format, 'wrong_root', `the answer is no XML but the text "${this.#head.trim()}"`);
    }
    if (CUT.test(problem))
      throw badXml(this.#format, 'cut', `the answer is cut (${problem.replace(/\.$/, '')}, ${place})`);
    throw badXml(
      this.#format,
      'malformed',
      `the answer is not well-formed XML (${problem.replace(/\.$/, '')}, ${place})`,
    );
  }
}

function isError(name: string): boolean {
  return name === 'ERROR' || name === 'error' || name === 'Error';
}
