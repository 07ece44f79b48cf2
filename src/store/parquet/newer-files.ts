import { join } from 'node:path';
import type { NewerFile } from '../../ports/store-care.ts';
import { type Layout, plainPath } from '../disk/layout.ts';
import { type Manifest, segmentsOf } from '../manifest/manifest.ts';
import { findNewer } from '../segments/newer-files.ts';

/** Segments and plain tables that a newer celline wrote. */
export async function findNewerFiles(layout: Layout, manifest: Manifest): Promise<NewerFile[]> {
  const states = Object.entries(manifest.tables);
  const segments = states.flatMap(([, state]) => segmentsOf(state).map(({ file }) => join(layout.segments, file)));
  return findNewer([...segments, ...states.map(([name]) => plainPath(layout, name))]);
}
