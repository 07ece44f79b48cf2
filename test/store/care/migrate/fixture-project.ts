import { createHash, randomUUID } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemClock } from '../../../../src/project/system-clock.ts';
import { openQuery } from '../../../../src/query/open-query.ts';
import type { CellValue, Row, TableName } from '../../../../src/records/table.ts';
import { makeTestFolder } from '../../open-test-store.ts';

/** The projects of earlier formats. */
export const PROJECTS = join(import.meta.dirname, '../../../../fixtures/projects');

/** Tables of which the fixture of a format says what they held. */
export function fixtureTables(format: number): readonly TableName[] {
  const first = ['samples', 'runs', 'projects', 'files', 'links', 'asked'] as const;
  return format === 1 ? first : [...first, 'annotations'];
}

/** A copy of the project of a format; gives its tables folder. */
export async function copyProject(format: number): Promise<string> {
  const root = await makeTestFolder();
  await cp(join(PROJECTS, `format-${format}`, 'DB'), join(root, 'DB'), { recursive: true });
  return join(root, 'DB');
}

/** What the celline that made the project said its table holds. */
export async function recordedRows(format: number, table: TableName): Promise<Row[]> {
  return JSON.parse(await readFile(join(PROJECTS, `format-${format}`, `${table}.json`), 'utf8'));
}

function plain(value: CellValue): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Every row of a table as this celline reads it, in the order and form of the record. */
export async function rowsNow(dir: string, table: TableName): Promise<unknown[]> {
  const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
  try {
    const answer = await query.run(`SELECT * FROM ${table} ORDER BY ALL`);
    const rows: unknown[] = [];
    for await (const batch of answer.rows()) {
      for (const row of batch) {
        rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
      }
    }
    return rows;
  } finally {
    await query.close();
  }
}

/** Every table that a format knows as this celline reads it. */
export async function allRowsNow(dir: string, format = 1): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const table of fixtureTables(format)) tables[table] = await rowsNow(dir, table);
  return tables;
}

/** SHA-256 of every file below a folder, by path. */
export async function digestOf(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    digests[path.slice(folder.length)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return digests;
}
