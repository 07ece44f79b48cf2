import type { Transaction } from './store.ts';

/** Does a work in a transaction and ends it; after an error it is rolled back, and the error is thrown on. */
export async function runTransaction<T>(
  transaction: Transaction,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(transaction);
    // The work may have ended it itself.
    if (transaction.isOpen) await transaction.end();
    return result;
  } catch (error) {
    // Why the work failed is what counts; files that a failing rollback leaves are collected as garbage.
    if (transaction.isOpen) await transaction.rollback().catch(() => undefined);
    throw error;
  }
}
