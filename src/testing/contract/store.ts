import { STORE_COLUMN_TESTS } from './store-columns.ts';
import { STORE_JOB_TESTS } from './store-jobs.ts';
import { STORE_LIFE_TESTS } from './store-life.ts';
import { STORE_KEY_TESTS, STORE_PATCH_TESTS, STORE_SET_TESTS } from './store-merging.ts';
import { STORE_DURABILITY_TESTS, STORE_NAME_TESTS, STORE_ROW_TESTS, STORE_SELECTION_TESTS } from './store-reading.ts';
import type { StoreContract } from './store-tests.ts';
import { STORE_ISOLATION_TESTS, STORE_SAVEPOINT_TESTS, STORE_TRANSACTION_TESTS } from './store-transactions.ts';
import { STORE_VALUE_TESTS } from './store-values.ts';

/** The runner's own `test`; the suite belongs to no runner. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** Everything that the rest of celline relies on in a store. */
export function storeContract(test: TestFunction, contract: StoreContract): void {
  const tests = {
    ...STORE_ROW_TESTS,
    ...STORE_VALUE_TESTS,
    ...STORE_COLUMN_TESTS,
    ...STORE_PATCH_TESTS,
    ...STORE_SET_TESTS,
    ...STORE_KEY_TESTS,
    ...STORE_SELECTION_TESTS,
    ...STORE_NAME_TESTS,
    ...STORE_TRANSACTION_TESTS,
    ...STORE_SAVEPOINT_TESTS,
    ...STORE_ISOLATION_TESTS,
    ...STORE_JOB_TESTS,
    ...STORE_LIFE_TESTS,
  };
  for (const [name, run] of Object.entries(tests)) test(name, () => run(contract));
  const { open, reopen } = contract;
  if (reopen === undefined) return;
  for (const [name, run] of Object.entries(STORE_DURABILITY_TESTS)) test(name, () => run({ open, reopen }));
}
