import { StoreError } from '../../../errors/store-error.ts';
import type { CheckOptions, Finding } from '../../../ports/store-care.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { CareContext } from '../care-context.ts';
import { checkManifests } from './check-manifests.ts';
import { checkPlainTables } from './check-plain-tables.ts';
import { checkRows } from './check-rows.ts';
import { checkSegments } from './check-segments.ts';
import type { FindCopy } from './find-copy.ts';

/** Looks at everything, the files first: what cannot be read is told, and the rest is looked at all the same. */
export async function* checkStore(
  care: CareContext,
  findCopy: FindCopy,
  options: CheckOptions = {},
): AsyncGenerator<Finding> {
  const { context, renew } = care;
  const isQuick = options.isQuick === true;
  yield* checkManifests(context);
  const manifest = await readNewest(context);
  // Why it cannot be read was told.
  if (manifest === null) return;
  const damaged = new Set<string>();
  yield* checkSegments(context, manifest, { isQuick, findCopy }, damaged);
  if (isQuick) return;
  if (care.hasPlainTables) yield* checkPlainTables(context, manifest, damaged);
  await renew();
  const at = new Date(context.clock.now()).toISOString();
  yield* checkRows(context, { manifest, folder: context.layout.segments, at }, damaged);
}

async function readNewest(context: CareContext['context']): Promise<Manifest | null> {
  try {
    return await context.log.newest();
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'integrity') return null;
    throw error;
  }
}
