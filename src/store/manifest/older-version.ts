import { StoreError } from '../../errors/store-error.ts';
import { FORMAT_VERSION, type Manifest } from './manifest.ts';

/** True for tables of an older version: they are read as they are, and migrated before they are written. */
export function isOlder(manifest: Pick<Manifest, 'format'>): boolean {
  return manifest.format < FORMAT_VERSION;
}

/** Refuses to change tables of an older version; `path` names their folder. */
export function refuseOlder(manifest: Pick<Manifest, 'format'>, path: string): void {
  if (!isOlder(manifest)) return;
  throw new StoreError(
    'operational',
    `The tables in ${path} are of version ${manifest.format}; this celline writes version ${FORMAT_VERSION}.`,
    { hint: 'celline db migrate', fields: { path, format: manifest.format } },
  );
}
