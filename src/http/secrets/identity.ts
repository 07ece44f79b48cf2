import type { HttpRequest } from '../../ports/http.ts';
import { ANONYMOUS, type Exchange, type Identity } from '../exchange.ts';
import type { Credential, HandlerHttpSettings, HttpStackSettings } from '../settings.ts';
import { isLoopback } from '../wire/loopback.ts';
import type { SecretMask } from './secret-mask.ts';

/** Variable that holds NCBI's key. */
const NCBI_KEY = 'NCBI_API_KEY';

/** True for the host of NCBI that takes `tool`, `email` and `api_key`. */
export function takesNcbiIdentity(host: string): boolean {
  return host === 'eutils.ncbi.nlm.nih.gov';
}

/** True when what is sent to the address can be read on the way: no encryption, and not this machine itself. */
export function isReadOnTheWay({ protocol, hostname }: URL): boolean {
  return protocol !== 'https:' && !isLoopback(hostname);
}

/** True when NCBI's key goes along with the requests of a handler: never over a mirror's `http://`. */
export function sendsNcbiKey({ ncbiKey }: HttpStackSettings, { apiUrl }: HandlerHttpSettings): boolean {
  return Boolean(ncbiKey) && (apiUrl === undefined || !isReadOnTheWay(new URL(apiUrl)));
}

/** Who asks at NCBI, as its E-utilities want it. */
export function ncbiIdentity(stack: HttpStackSettings, handler: HandlerHttpSettings): Identity {
  const hasKey = sendsNcbiKey(stack, handler);
  return {
    parameters: {
      tool: 'celline',
      ...(stack.email ? { email: stack.email } : {}),
      // An empty api_key is refused with 400.
      ...(hasKey && stack.ncbiKey !== undefined ? { api_key: stack.ncbiKey } : {}),
    },
    headers: {},
    credential: hasKey ? { name: NCBI_KEY, check: null } : null,
  };
}

/** Who asks anywhere else: the handler's credential, if there is one. `check` prepares the request that tells whether it is good. */
export function handlerIdentity(
  { credential, credentialCheck }: HandlerHttpSettings,
  check: (request: HttpRequest) => Exchange,
): Identity {
  if (credential === undefined) return ANONYMOUS;
  return {
    parameters: {},
    headers: credentialHeaders(credential),
    credential: {
      name: credential.name ?? 'the credential',
      check: credentialCheck === undefined ? null : () => check({ ...credentialCheck, ttl: 0 }),
    },
  };
}

/** The header that carries a credential; its name in lower case. */
function credentialHeaders(credential: Credential): Readonly<Record<string, string>> {
  switch (credential.type) {
    case 'bearer':
      return { authorization: `Bearer ${credential.token}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString('base64')}` };
    case 'header':
      return { [credential.header.toLowerCase()]: credential.key };
  }
}

/** The credential as one text, for what is kept apart by credential. */
export function credentialText(credential: Credential): string {
  return Object.entries(credentialHeaders(credential)).join('\n');
}

/** Notes what of a credential must never be shown. */
export function hideCredential(credential: Credential, secrets: SecretMask): void {
  if (credential.type === 'basic') secrets.add(credential.password);
  else secrets.add(credential.type === 'bearer' ? credential.token : credential.key);
}

/** Notes the passwords of the proxies. */
export function hideProxies({ proxy = {} }: HttpStackSettings, secrets: SecretMask): void {
  for (const server of [proxy.http, proxy.https]) {
    if (server !== undefined) secrets.add(decodeURIComponent(server.url.password));
  }
}
