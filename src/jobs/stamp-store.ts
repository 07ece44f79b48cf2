import { runTransaction } from '../ports/run-transaction.ts';
import type { Change, CommitReport, JobChange, Store, Transaction } from '../ports/store.ts';

/** How a store says whose changes it takes. */
export interface Stamp {
  /** What a change says of the job; a change that names one itself keeps it. */
  job(): JobChange;
  /** Called with what became durable. */
  committed(report: CommitReport): void;
}

/** The same store, whose changes are those of a job. */
export function stampStore(store: Store, stamp: Stamp): Store {
  const begin = async (): Promise<Transaction> => {
    const transaction = stampTransaction(await store.begin(), stamp);
    return {
      ...transaction,
      get isOpen() {
        return transaction.isOpen;
      },
      end: async () => {
        const report = await transaction.end();
        stamp.committed(report);
        return report;
      },
    };
  };
  return {
    ...store,
    commit: async (change) => {
      const report = await store.commit(stamped(change, stamp));
      stamp.committed(report);
      return report;
    },
    begin,
    transaction: async (work) => runTransaction(await begin(), work),
  };
}

function stamped(change: Change, stamp: Stamp): Change {
  return change.job === undefined ? { ...change, job: stamp.job() } : change;
}

function stampTransaction(transaction: Transaction, stamp: Stamp): Transaction {
  return {
    ...transaction,
    get isOpen() {
      return transaction.isOpen;
    },
    commit: (change) => transaction.commit(stamped(change, stamp)),
    transaction: (work) => transaction.transaction((inner) => work(stampTransaction(inner, stamp))),
  };
}
