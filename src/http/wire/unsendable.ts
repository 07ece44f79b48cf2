import { AuthError } from '../../errors/auth-error.ts';
import type { CellineError } from '../../errors/celline-error.ts';
import { errorMessage } from '../../errors/error-message.ts';
import { PluginError } from '../../errors/plugin-error.ts';
import type { Exchange } from '../exchange.ts';

/** Codes of what undici refuses to send. */
const CODES = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

/** True for the code of a request that was never sent, and never will be. */
export function isUnsendable(code: string): boolean {
  return CODES.has(code);
}

/** A request that cannot be sent: for a credential that no header takes, else for what a handler asks. */
export function unsendable(cause: unknown, { identity, handler, operator, shownUrl: url }: Exchange): CellineError {
  const why = errorMessage(cause);
  const fields = { kind: 'unsendable', operator: operator.name, url, handler };
  const { credential } = identity;
  if (credential !== null && Object.keys(identity.headers).some((name) => why === `invalid ${name} header`)) {
    return new AuthError(`${credential.name} cannot be sent: it holds a character that no header takes`, {
      hint: `check ${credential.name}: a dash or quote may be another one than it looks, or a line break be left in it`,
      fields,
    });
  }
  return new PluginError(`the handler "${handler}" asks ${url} in a way that cannot be sent: ${why}`, {
    hint: 'mend the headers of the request in the handler',
    fields,
    cause,
  });
}
