/** Query parameters that hold or hint at a credential, in lower case. */
const SECRET_PARAMETERS = new Set(['api_key', 'apikey', 'api-key', 'token', 'access_token', 'password']);

/** Query parameters that say who asks and change no answer (NCBI). */
const IDENTITY_PARAMETERS = new Set(['tool', 'email']);

/** True for a parameter that neither a cache key nor a message may hold. */
export function isPrivateParameter(name: string): boolean {
  return SECRET_PARAMETERS.has(name.toLowerCase()) || IDENTITY_PARAMETERS.has(name.toLowerCase());
}

/** The values of parameters that hold or hint at a credential: `token` may as well name the next page of an answer. */
export function secretValues(parameters: Iterable<readonly [string, string]>): string[] {
  return [...parameters].flatMap(([name, value]) => (SECRET_PARAMETERS.has(name.toLowerCase()) ? [name, value] : []));
}

/** The address as it may be shown and stored: no user, password, fragment, key or contact. */
export function publicUrl(address: string | URL): string {
  const given = typeof address === 'string' ? new URL(address) : address;
  if (isPublic(given)) return given.href;
  const url = new URL(given);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (!hasPrivateParameter(url)) return url.href;
  // Cut out of the text, since searchParams.delete would write the others anew (`%2B` and `+` are not the same to every archive).
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !isPrivateParameter(decodeName(pair.split('=', 1)[0] ?? '')));
  url.search = kept.join('&');
  return url.href;
}

function isPublic(url: URL): boolean {
  return url.username === '' && url.password === '' && url.hash === '' && !hasPrivateParameter(url);
}

function hasPrivateParameter(url: URL): boolean {
  return url.search !== '' && [...url.searchParams.keys()].some(isPrivateParameter);
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
