import { StoreError } from '../errors/store-error.ts';

/** What to tell when tables are stored and their plain files could not be written: the disk; any other failure is thrown on. */
export function plainTablesLate(error: unknown): string {
  if (!(error instanceof StoreError) || error.failure !== 'operational') throw error;
  return `What was acknowledged is stored, but the plain files are not up to date: ${error.message} Then: celline db checkpoint`;
}
