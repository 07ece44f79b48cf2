import type { SecretMask } from './secret-mask.ts';

/** Errors below an error that are looked at; a longer chain is a loop. */
const MAX_CAUSES = 10;

/** Does what may fail: no error leaves it with a secret in its text, its fields, its stack or its causes. */
export function hidingSecrets<T>(secrets: SecretMask, work: () => Promise<T>): Promise<T> {
  const hide = (error: unknown) => {
    if (!secrets.isEmpty()) maskError(error, secrets, 0);
    throw error;
  };
  try {
    return work().catch(hide);
  } catch (error) {
    return hide(error);
  }
}

/** In place: who holds the error compares it by identity. */
function maskError(error: unknown, secrets: SecretMask, depth: number): void {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return;
  for (const name of Object.getOwnPropertyNames(error)) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') replace(error, name, secrets.mask(value));
    else if (name === 'fields') replace(error, name, maskedTexts(value as object, secrets));
    else if (name === 'errors' && Array.isArray(value)) for (const one of value) maskError(one, secrets, depth + 1);
  }
  maskError(error.cause, secrets, depth + 1);
}

function replace(error: Error, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(error, name);
  if (before?.configurable === true)
    Object.defineProperty(error, name, {
      enumerable: before.enumerable === true,
      configurable: true,
      writable: true,
      value,
    });
}

/** The record with every text in it masked; itself when there is nothing to hide. */
export function maskedTexts<T extends object>(record: T, secrets: SecretMask): T {
  if (secrets.isEmpty()) return record;
  const entries = Object.entries(record).map(([name, value]) => [
    name,
    typeof value === 'string' ? secrets.mask(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
