import { environmentPrefix } from '../config/environment.ts';
import { type HandlerSecrets, type Secret, type Secrets, secretSource, takenSchemes } from '../config/secrets.ts';
import type { Credential } from '../http/settings.ts';
import type { CredentialScheme } from '../ports/credential.ts';
import type { Handler } from '../ports/handler.ts';

/** The credential that a handler sends, and where the user keeps it. */
export interface HeldCredential {
  readonly credential: Credential;
  /** `environment CUSTOM_DB_API_KEY`. */
  readonly source: string;
}

/** The credential of a handler by the first of its ways whose values are set; undefined when there is none. */
export function credentialOf(handler: Handler, secrets: Secrets): HeldCredential | undefined {
  const own = secrets.handlers[handler.name];
  if (own === undefined) return undefined;
  for (const scheme of takenSchemes(handler)) {
    const held = heldBy(scheme, own);
    if (held !== undefined) return held;
  }
  return undefined;
}

/** The variables that would give a handler a credential: `CUSTOM_DB_API_KEY, or CUSTOM_DB_USER and CUSTOM_DB_PASSWORD`. */
export function credentialVariables(handler: Handler): string {
  const prefix = environmentPrefix(handler);
  const names = takenSchemes(handler).map(({ scheme }) =>
    scheme === 'basic' ? `${prefix}_USER and ${prefix}_PASSWORD` : `${prefix}_API_KEY`,
  );
  return [...new Set(names)].join(', or ');
}

function heldBy(scheme: CredentialScheme, { key, login }: HandlerSecrets): HeldCredential | undefined {
  if (scheme.scheme === 'basic') {
    if (login === undefined) return undefined;
    const { user, password } = login;
    return held(password, { type: 'basic', user, password: password.text, name: password.variable });
  }
  if (key === undefined) return undefined;
  if (scheme.scheme === 'bearer') return held(key, { type: 'bearer', token: key.text, name: key.variable });
  return held(key, { type: 'header', header: scheme.name, key: key.text, name: key.variable });
}

function held(secret: Secret, credential: Credential): HeldCredential {
  return { credential, source: secretSource(secret) };
}
