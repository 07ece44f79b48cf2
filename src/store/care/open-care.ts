import type { StoreCare } from '../../ports/store-care.ts';
import { openContext, type ParquetStoreSettings } from '../parquet/parquet-store.ts';
import { checkpoint } from './checkpoint.ts';

/** Everything that looks after the tables of a Parquet store. Opens the engine when it is needed. */
export function openStoreCare(settings: ParquetStoreSettings): StoreCare {
  const { context, door } = openContext(settings);
  const care = { context, renew: door.close, hasPlainTables: settings.plainTables !== false };
  return {
    checkpoint: (names) => checkpoint(care, names),
    close: () => door.close(),
  };
}
