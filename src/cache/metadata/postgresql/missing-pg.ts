import { missingPackage } from '../../missing-package.ts';

/** What keeps PostgreSQL from being used here, or null. */
export function missingPg(): Promise<string | null> {
  return missingPackage('pg', () => import('pg'));
}
