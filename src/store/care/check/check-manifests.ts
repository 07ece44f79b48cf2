import { errorMessage } from '../../../errors/error-message.ts';
import { StoreError } from '../../../errors/store-error.ts';
import type { Finding } from '../../../ports/store-care.ts';
import { listFolder, readTextIfThere } from '../../disk/disk.ts';
import { manifestNumber, manifestPath } from '../../disk/layout.ts';
import { parseManifest } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';

const NO_PLACE = { table: null, column: null };
const FROM_BACKUP = 'only a backup has it: celline db restore';

/**
 * Looks at `format.json` and at every manifest. An older one that cannot be read is a warning: nobody can go back to it, and
 * nothing else is lost.
 */
export async function* checkManifests(context: CommitContext): AsyncGenerator<Finding> {
  const { layout } = context;
  const numbers = (await listFolder(layout.manifests)).map(manifestNumber).filter((number) => number !== null);
  numbers.sort((a, b) => a - b);
  const newest = numbers.at(-1);
  yield* checkFormatFile(context, newest !== undefined);
  if (newest === undefined) return;
  for (const [index, number] of numbers.entries()) {
    const path = manifestPath(layout, number);
    const severity = number === newest ? 'error' : 'warning';
    const missing = number - (numbers[index - 1] ?? number - 1) - 1;
    if (missing > 0) {
      const detail = `${missing} manifests before it are gone`;
      yield { ...NO_PLACE, check: 'manifest_missing', severity: 'warning', row: path, detail, repair: null };
    }
    const damage = await damageOf(path, number === newest);
    if (damage !== null)
      yield { ...NO_PLACE, check: 'manifest_damaged', severity, row: path, detail: damage, repair: null };
  }
  const hint = Number(await readTextIfThere(layout.newest));
  if (Number.isSafeInteger(hint) && hint > newest) {
    const detail = `manifest ${hint} was the newest and is gone; ${newest} is the newest that is there; ${FROM_BACKUP}`;
    yield {
      ...NO_PLACE,
      check: 'manifest_missing',
      severity: 'error',
      row: manifestPath(layout, hint),
      detail,
      repair: null,
    };
  }
}

async function damageOf(path: string, isNewest: boolean): Promise<string | null> {
  const text = await readTextIfThere(path);
  // A stub was made of it meanwhile, or it is gone: what is there is looked at.
  if (text === null) return null;
  try {
    const manifest = parseManifest(text, path);
    return manifest === null && isNewest ? `it is the stub of an old one; ${FROM_BACKUP}` : null;
  } catch (error) {
    // What a newer celline wrote is no damage.
    if (error instanceof StoreError && error.failure === 'newer_format') throw error;
    const reason = errorMessage(error);
    return isNewest ? `${reason} ${FROM_BACKUP}` : reason;
  }
}

async function* checkFormatFile(context: CommitContext, hasManifests: boolean): AsyncGenerator<Finding> {
  const path = context.layout.format;
  const found = { ...NO_PLACE, severity: 'error' as const, row: path };
  try {
    const format = await context.log.format();
    if (format !== null || !hasManifests) return;
    const repair = 'written anew; plain tables are then taken for those of another store and moved aside';
    yield { ...found, check: 'format_missing', detail: 'the file is not there: the tables look empty', repair };
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'newer_format') throw error;
    const detail = errorMessage(error);
    yield { ...found, check: 'format_damaged', detail, repair: null };
  }
}
