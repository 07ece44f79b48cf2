import { createHash } from 'node:crypto';
import type { RawBody } from './body.ts';
import { parseJson } from './parse-json.ts';

/** Bytes at the start of a body that are kept at hand for checks and messages. */
export const HEAD_BYTES = 64 * 1024;

/** Bytes at the end of a body that are kept at hand for checks. */
export const TAIL_BYTES = 4 * 1024;

/** Decodes what is whole; keeps nothing between two calls. */
export const UTF8 = new TextDecoder();

/** A body that is held in memory. Its hash, text and JSON are made when somebody wants them, and then kept. */
export class BodyInMemory implements RawBody {
  readonly content: Uint8Array;
  #sha256: string | undefined;
  #text: string | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(bytes: Uint8Array, sha256: string | undefined) {
    this.content = bytes;
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.content.byteLength;
  }

  get sha256(): string {
    this.#sha256 ??= createHash('sha256').update(this.content).digest('hex');
    return this.#sha256;
  }

  get head(): Uint8Array {
    return this.size <= HEAD_BYTES ? this.content : this.content.subarray(0, HEAD_BYTES);
  }

  get tail(): Uint8Array {
    return this.content.subarray(-TAIL_BYTES);
  }

  get headText(): string {
    return this.size <= HEAD_BYTES ? this.#whole() : UTF8.decode(this.head);
  }

  async *stream(): AsyncIterable<Uint8Array> {
    if (this.size > 0) yield this.content;
  }

  async text(): Promise<string> {
    return this.#whole();
  }

  async json(): Promise<unknown> {
    return this.jsonInMemory().value;
  }

  jsonInMemory(): { readonly value: unknown } {
    this.#json ??= { value: parseJson(this.#whole()) };
    return this.#json;
  }

  #whole(): string {
    this.#text ??= UTF8.decode(this.content);
    return this.#text;
  }
}
