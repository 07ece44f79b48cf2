import { plainPath } from '../../disk/layout.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { readPlainFooter } from '../../parquet/publish.ts';

/**
 * The most edits that plain tables of this store show. They outlive the store: a restored table with as many edits would be
 * taken for the one that they show.
 */
export async function editsShown(context: CommitContext, store: string, names: readonly string[]): Promise<number> {
  let most = 0;
  for (const name of names) {
    const footer = await readPlainFooter(context, plainPath(context.layout, name));
    if (footer?.store === store) most = Math.max(most, footer.edits);
  }
  return most;
}
