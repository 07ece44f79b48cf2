import { CellineError } from '../errors/celline-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import type { Check } from './project.ts';

/** A row of the doctor. */
export function check(name: string, state: Check['state'], detail: string, hint: string | null = null): Check {
  return { name, state, detail, hint };
}

/** The row of what ended in an error. */
export function failed(name: string, error: unknown): Check {
  const message = errorMessage(error);
  return check(name, 'error', message, error instanceof CellineError ? (error.hint ?? null) : null);
}
