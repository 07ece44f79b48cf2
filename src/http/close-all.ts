import { errorMessage } from '../errors/error-message.ts';

/** Closes one after the other, each whatever became of those before it; rejects at the end with what failed. */
export async function closeAll(closings: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, failures.map(errorMessage).join('; '));
  if (failures.length === 1) throw failures[0];
}
