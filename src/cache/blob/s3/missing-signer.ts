import { missingPackage } from '../../missing-package.ts';

/** What keeps S3 from being used here, or null. */
export function missingSigner(): Promise<string | null> {
  return missingPackage('aws4fetch', () => import('aws4fetch'));
}
