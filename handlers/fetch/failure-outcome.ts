import { type CellineError, failureName, type HandlerOutcome } from '../../src/ports/handler.ts';

/** The outcome of an id whose request ended in this error. */
export function failureOutcome(id: string, error: CellineError): HandlerOutcome {
  return { type: 'outcome', id, outcome: failureName(error), key: null, reason: error.message };
}
