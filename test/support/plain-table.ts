import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** A plain table as another Parquet reader sees it. */
export interface PlainTableContent {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Reads `DB/<name>.parquet` of a project with a reader that is not ours. */
export async function readPlainTable(folder: string, name: string): Promise<PlainTableContent> {
  const file = await asyncBufferFromFile(join(folder, 'DB', `${name}.parquet`));
  const metadata = await parquetMetadataAsync(file);
  const columns = metadata.schema[0] === undefined ? [] : topLevelNames(metadata.schema);
  return { columns, rows: await parquetReadObjects({ file, metadata, compressors }) };
}

/** Names of the columns: the children of the schema's root, their own children skipped. */
function topLevelNames(schema: readonly { readonly name: string; readonly num_children?: number }[]): string[] {
  const names: string[] = [];
  let position = 1;
  const skip = (): void => {
    const children = schema[position]?.num_children ?? 0;
    position += 1;
    for (let child = 0; child < children; child += 1) skip();
  };
  while (position < schema.length) {
    names.push(schema[position]?.name ?? '');
    skip();
  }
  return names;
}
