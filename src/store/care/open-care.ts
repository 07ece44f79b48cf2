import type { StoreCare } from '../../ports/store-care.ts';
import { openContext, type ParquetStoreSettings } from '../parquet/parquet-store.ts';
import { checkStore } from './check/check-store.ts';
import type { FindCopy } from './check/find-copy.ts';
import { checkpoint } from './checkpoint.ts';
import { openComparison } from './compare.ts';
import { openHistory } from './history.ts';
import { repairStore } from './repair.ts';

/** Everything that looks after the tables of a Parquet store. Opens the engine when it is needed. */
export function openStoreCare(settings: ParquetStoreSettings): StoreCare {
  const { context, door } = openContext(settings);
  const care = { context, renew: door.close, hasPlainTables: settings.plainTables !== false };
  const findCopy: FindCopy = async () => null;
  return {
    checkpoint: (names) => checkpoint(care, names),
    integrity: {
      check: (options) => checkStore(care, findCopy, options),
      repair: (findings) => repairStore(care, findCopy, findings),
    },
    history: openHistory(care),
    comparison: openComparison(care),
    close: () => door.close(),
  };
}
