import type { StoreCare } from '../../ports/store-care.ts';
import { openContext, type ParquetStoreSettings } from '../parquet/parquet-store.ts';

/** Everything that looks after the tables of a Parquet store. Opens the engine when it is needed. */
export function openStoreCare(settings: ParquetStoreSettings): StoreCare {
  const { door } = openContext(settings);
  return { close: () => door.close() };
}
