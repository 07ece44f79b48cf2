import { type Secrets, secretsByPath } from '../config/secrets.ts';
import { maskedTexts } from '../http/mask-layer.ts';
import { createSecretMask } from '../http/secret-mask.ts';
import type { Reporter } from '../ports/reporter.ts';

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
  return { mask: known.mask, reporter: { emit: (event) => reporter.emit(maskedTexts(event, known)) } };
}
