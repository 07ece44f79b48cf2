import { CellineError } from '../../src/ports/handler.ts';

/** The error itself when it is celline's; what else was thrown is a fault of the program and thrown on. */
export function asCellineError(cause: unknown): CellineError {
  if (cause instanceof CellineError) return cause;
  throw cause;
}
