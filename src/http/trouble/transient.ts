const transient = new WeakSet<object>();

/** Notes that the same request may well succeed a moment later, and gives the error back. */
export function asTransient<E extends object>(error: E): E {
  transient.add(error);
  return error;
}

/** True when the error was noted as one that passes. */
export function isTransient(error: unknown): boolean {
  return typeof error === 'object' && error !== null && transient.has(error);
}
