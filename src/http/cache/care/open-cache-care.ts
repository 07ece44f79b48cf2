import type { CacheCare, CacheFigures } from '../../../ports/cache-care.ts';
import { closeAll } from '../../close-all.ts';
import { blobKeyOf, readVerified } from '../stored-body.ts';
import { trimCache } from '../trim.ts';
import type { CareContext } from './care-context.ts';
import { findAnswers, listAnswers } from './list-answers.ts';
import { readFigures } from './read-figures.ts';
import { clearAll, pruneAnswers, removeNamed } from './remove-answers.ts';
import { verifyCache } from './verify.ts';

/** The care of a cache over its two back ends. */
export function openCacheCare(care: CareContext): CacheCare {
  const { backends, known } = care;
  const inUse: CacheFigures['backends'] = { metadata: nameInUse('metadata'), blob: nameInUse('blob') };
  function nameInUse(kind: 'metadata' | 'blob'): string {
    return known.find((one) => one.kind === kind && one.isInUse)?.name ?? '';
  }
  return {
    figures: () => readFigures(care, inUse),
    list: (filter = {}) => listAnswers(filter, care),
    find: (names) => findAnswers(names, care),
    body: (key) => readBody(key, care),
    remove: (names, { dryRun = false } = {}) => removeNamed(names, dryRun, care),
    prune: (filter, { dryRun = false } = {}) => pruneAnswers(filter, dryRun, care),
    shrink: (maxBytes, { dryRun = false } = {}) =>
      trimCache(backends, { above: maxBytes, to: maxBytes, now: care.clock.now(), dryRun }),
    clear: ({ dryRun = false } = {}) => clearAll(dryRun, care),
    verify: ({ repair = false } = {}) => verifyCache(repair, care),
    backends: () => known,
    close: () => closeAll([() => care.spool.close(), () => backends.metadata.close(), () => backends.blobs.close()]),
  };
}

async function readBody(key: string, { backends, spool }: CareContext): Promise<AsyncIterable<Uint8Array> | null> {
  const entry = await backends.metadata.getEntry(key).catch(() => null);
  const body = entry === null ? null : await readVerified(backends, blobKeyOf(key, entry), entry, spool);
  return body === null ? null : body.stream();
}
