import type { CommitReport, ReadWrite, Store, Transaction } from '../ports/store.ts';

/** A transaction that begins late: before, the store itself is read. */
export interface LateTransaction extends ReadWrite {
  begin(): Promise<void>;
  /** Null: it never began. */
  readonly transaction: Transaction | null;
}

/** A transaction of a store that has not begun, so that what is committed before does not overtake it. */
export function lateTransaction(store: Store): LateTransaction {
  let transaction: Transaction | null = null;
  const now = (): ReadWrite => transaction ?? store;
  return {
    get transaction() {
      return transaction;
    },
    begin: async () => {
      transaction = await store.begin();
    },
    commit: (change): Promise<CommitReport> => now().commit(change),
    get: (table, keys) => now().get(table, keys),
    getByParent: (table, parents) => now().getByParent(table, parents),
    select: (selection) => now().select(selection),
    count: (selection) => now().count(selection),
    asked: (ids) => now().asked(ids),
    resolve: (names) => now().resolve(names),
    countChildren: (keys) => now().countChildren(keys),
    outcomes: () => now().outcomes(),
  };
}
