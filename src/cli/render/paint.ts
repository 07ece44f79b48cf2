import { Chalk } from 'chalk';

/** Puts colour on a text, or leaves it as it is. */
export interface Paint {
  readonly header: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** The colours of celline: the 16 of every terminal, which dark and light themes choose for themselves. */
export function createPaint(isColoured: boolean): Paint {
  const chalk = new Chalk({ level: isColoured ? 1 : 0 });
  return {
    header: chalk.bold,
    good: chalk.green,
    warning: chalk.yellow,
    bad: chalk.red,
    faint: chalk.dim,
    strong: chalk.bold,
  };
}

/**
 * Whether to colour: `--color` or `--no-color` first, then `NO_COLOR` (any value but the empty one) and `FORCE_COLOR`,
 * then whether a person reads it on a terminal that can. Source: no-color.org.
 */
export function isColoured(
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (flag !== undefined) return flag;
  if ((env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
