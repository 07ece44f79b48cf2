import { takenSchemes } from '../config/secrets.ts';
import { AuthError } from '../errors/auth-error.ts';
import { CellineError } from '../errors/celline-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import type { Handler } from '../ports/handler.ts';
import type { Http, HttpRequest } from '../ports/http.ts';
import { credentialVariables } from './handler-credential.ts';
import type { HandlerSetup } from './handler-setup.ts';
import type { Check } from './project.ts';

/** Milliseconds that the check of a credential may take to its first byte. */
const CHECK_MS = 10_000;

/** What is known of the credentials of a project. */
export interface CredentialFile {
  readonly setups: readonly HandlerSetup[];
  readonly httpOf: (setup: HandlerSetup) => Promise<Http>;
}

/** Which credentials are set and where they come from, never their values; asks the archives that offer a check unless `offline`. */
export async function* examineCredentials(file: CredentialFile, offline: boolean): AsyncGenerator<Check> {
  const { setups, httpOf } = file;
  for (const setup of setups) {
    if (takenSchemes(setup.handler).length === 0) continue;
    yield await examineCredential(setup, offline ? null : () => httpOf(setup));
  }
}

async function examineCredential(setup: HandlerSetup, door: (() => Promise<Http>) | null): Promise<Check> {
  const { handler, held } = setup;
  const name = `credential ${handler.name}`;
  if (held === undefined) return missing(name, handler);
  const set = `${held.credential.type} credential set by ${held.source}`;
  const request = handler.credential?.check;
  if (request === undefined) return { name, state: 'ok', detail: `${set}; the archive offers no check`, hint: null };
  if (door === null) return { name, state: 'ok', detail: `${set}; not checked: offline`, hint: null };
  return askArchive(name, set, request, door);
}

function missing(name: string, handler: Handler): Check {
  const hint = `Set ${credentialVariables(handler)}${handler.credential?.brings === undefined ? '' : ` for ${handler.credential.brings}`}.`;
  return { name, state: 'warning', detail: 'none set', hint };
}

async function askArchive(name: string, set: string, request: HttpRequest, door: () => Promise<Http>): Promise<Check> {
  try {
    const http = await door();
    await http.send({ ...request, ttl: 0, refresh: true, attempts: 1, firstByteTimeoutMs: CHECK_MS });
    return { name, state: 'ok', detail: `${set}; accepted`, hint: null };
  } catch (error) {
    const state = error instanceof AuthError ? 'error' : 'warning';
    const why = errorMessage(error);
    const hint = error instanceof CellineError ? (error.hint ?? null) : null;
    return { name, state, detail: `${set}; ${state === 'error' ? '' : 'not checked: '}${why}`, hint };
  }
}
