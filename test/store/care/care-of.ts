import { randomUUID } from 'node:crypto';
import type { StoreCare } from '../../../src/ports/store-care.ts';
import { type CareSettings, openStoreCare } from '../../../src/store/care/open-care.ts';
import { storeLayout } from '../../../src/store/disk/layout.ts';
import type { Manifest } from '../../../src/store/manifest/manifest.ts';
import { createManifestLog } from '../../../src/store/manifest/manifest-log.ts';
import { TEST_CLOCK } from '../open-test-store.ts';

/** The care of a tables folder; the caller closes it. */
export function careOf(dir: string, more: Partial<CareSettings> = {}): StoreCare {
  return openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID, ...more });
}

/** The newest manifest of a tables folder. */
export function newestManifest(dir: string): Promise<Manifest> {
  return createManifestLog({ layout: storeLayout(dir), clock: TEST_CLOCK, randomId: randomUUID }).newest();
}
