import { join } from 'node:path';
import type { NamedParameter, NamedQuery } from '../ports/query.ts';
import { listFolder, readTextIfThere } from '../store/disk/disk.ts';

/** `brain.sql` → `brain`; letters, digits, `_`, `-` and inner dots, so that a name can never lead out of the folder. */
const FILE_NAME = /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)\.sql$/;

/** `$tissue='T cell' what is looked for`: name, default in quotes or as a word, words about it. */
const PARAMETER_LINE = /^\$(\w+)(?:\s*=\s*(?:'((?:[^']|'')*)'|(\S+)))?(?:\s+|\s*:\s*)?(.*)$/;

/** The queries of a folder, by name; empty when there is no such folder. */
export async function readNamedQueries(folder: string): Promise<NamedQuery[]> {
  const queries: NamedQuery[] = [];
  for (const file of (await listFolder(folder)).sort()) {
    const name = FILE_NAME.exec(file)?.[1];
    if (name === undefined) continue;
    const path = join(folder, file);
    const text = await readTextIfThere(path);
    if (text !== null) queries.push(parseNamedQuery(name, path, text));
  }
  return queries;
}

/**
 * The text of a file as a query. The comment lines at its top say what it is for; those that begin with `$name` tell of a
 * parameter, with `=` of its default.
 */
export function parseNamedQuery(name: string, path: string, text: string): NamedQuery {
  const sql = text.replace(/^\uFEFF/, '');
  const doc: string[] = [];
  const parameters: NamedParameter[] = [];
  for (const line of sql.trimStart().split(/\r?\n/)) {
    const comment = /^--\s?(.*)$/.exec(line)?.[1];
    if (comment === undefined) break;
    const [whole, parameter, quoted, word, about = ''] = PARAMETER_LINE.exec(comment.trim()) ?? [];
    if (whole === undefined || parameter === undefined) doc.push(comment.trim());
    else {
      const defaultValue = quoted?.replaceAll("''", "'") ?? word ?? null;
      parameters.push({ name: parameter, defaultValue, doc: about.trim() });
    }
  }
  return { name, path, doc: doc.join(' ').trim(), parameters, sql };
}
