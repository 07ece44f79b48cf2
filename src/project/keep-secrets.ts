import { type Secrets, secretsByPath } from '../config/secrets.ts';
import { createSecretMask } from '../http/secrets/secret-mask.ts';
import type { CellineEvent, Reporter } from '../ports/reporter.ts';

/** What keeps the secrets of a project out of everything that is said and written. */
export interface SecretKeeper {
  /** The text with every secret blanked out. */
  readonly mask: (text: string) => string;
  /** The same reporter, which hears no secret. */
  readonly reporter: Reporter;
}

/** Keeps the keys and passwords that were read from the environment; without any, everything stays as it is. */
export function keepSecrets(secrets: Secrets, reporter: Reporter): SecretKeeper {
  const known = createSecretMask();
  for (const { text } of secretsByPath(secrets).values()) known.add(text);
  if (known.isEmpty()) return { mask: (text) => text, reporter };
  return { mask: known.mask, reporter: { emit: (event) => reporter.emit(masked(event, known.mask) as CellineEvent) } };
}

/** The value with every text in it masked, in rows and lists inside it too. */
function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, mask)]));
}
