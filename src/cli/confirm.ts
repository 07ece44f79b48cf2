import { UsageError } from '../errors/usage-error.ts';
import type { App } from './app-type.ts';

/** Refuses a command that would ask where nobody can answer. `UsageError` names `--yes`. */
export function checkCanAsk(command: string, { canAsk }: App): void {
  if (!canAsk) throw new UsageError(`${command} cannot ask here whether you are sure.`, { hint: 'Add --yes.' });
}

/** Asks on stderr; everything but `y` and `yes` is no. */
export async function isAffirmed(question: string, app: App): Promise<boolean> {
  return /^y(es)?$/i.test((await app.ask(`${question} [y/N] `)).trim());
}
