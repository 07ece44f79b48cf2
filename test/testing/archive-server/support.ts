import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ArchiveServer,
  type ArchiveServerOptions,
  startArchiveServer,
} from '../../../src/testing/archive-server/server.ts';
import type { World } from '../../../src/testing/archive-server/world.ts';

/** The world of the demo. */
export const DEMO_WORLD = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/demo/world.json'), 'utf8'),
) as World;

/** Starts a server that ends with the test; without limits on the rate unless the test sets one. */
export async function serve(options: Partial<ArchiveServerOptions> = {}): Promise<ArchiveServer> {
  const unlimited = { ncbiPerSecond: Number.POSITIVE_INFINITY };
  const server = await startArchiveServer({
    world: DEMO_WORLD,
    ...options,
    limits: { ...unlimited, ...options.limits },
  });
  onTestFinished(() => server.close());
  return server;
}

/** An answer, read to its end. */
export interface Got {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
}

/** GET of a path. */
export async function get(server: ArchiveServer, path: string): Promise<Got> {
  return read(await fetch(server.url + path));
}

/** POST of form fields. */
export async function post(server: ArchiveServer, path: string, form: Record<string, string>): Promise<Got> {
  return read(await fetch(server.url + path, { method: 'POST', body: new URLSearchParams(form) }));
}

/** POST of a JSON body. */
export async function postJson(server: ArchiveServer, path: string, body: unknown): Promise<Got> {
  const headers = { 'content-type': 'application/json' };
  return read(await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** POST to one of the E-utilities. */
export function eutil(server: ArchiveServer, tool: string, form: Record<string, string>): Promise<Got> {
  return post(server, `/entrez/eutils/${tool}.fcgi`, form);
}

/** Search of db=sra with history; what its answer says. */
export async function searchSra(
  server: ArchiveServer,
  term: string,
  more: Record<string, string> = {},
): Promise<Search> {
  const answer = await eutil(server, 'esearch', { db: 'sra', term, usehistory: 'y', retmode: 'json', ...more });
  return (JSON.parse(answer.text) as { esearchresult: Search }).esearchresult;
}

/** `esearchresult` of E-utilities. */
export interface Search {
  readonly count: string;
  readonly idlist: readonly string[];
  readonly querykey: string;
  readonly webenv: string;
  readonly querytranslation: string;
  readonly errorlist?: { readonly phrasesnotfound: readonly string[] };
  readonly ERROR?: string;
}

/** Values of an attribute or element that a pattern with one group finds. */
export function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

async function read(response: Response): Promise<Got> {
  const { status, headers } = response;
  return { status, type: headers.get('content-type') ?? '', headers, text: await response.text() };
}
