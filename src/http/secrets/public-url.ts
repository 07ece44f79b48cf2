import { isPrivateParameter, isSecretParameter } from './private-parameter.ts';

/** The names and values of parameters that hold or hint at a credential: `token` may as well name the next page of an answer. */
export function secretValues(parameters: Iterable<readonly [string, string]>): string[] {
  return [...parameters].filter(([name, value]) => isSecretParameter(name, value)).flat();
}

/** The address as it may be shown and stored: no user, password, fragment, key or contact. */
export function publicUrl(address: string | URL): string {
  const given = typeof address === 'string' ? new URL(address) : address;
  if (isPublic(given)) return given.href;
  return withoutParameters(given, isPrivateParameter).href;
}

/** The address without user, password and fragment, and without the parameters that are named; the others letter by letter. */
export function withoutParameters(address: URL, isOut: (name: string, value: string) => boolean): URL {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (![...url.searchParams].some(([name, value]) => isOut(name, value))) return url;
  // Cut out of the text, since searchParams.delete would write the others anew (`%2B` and `+` are not the same to every archive).
  const pairs = url.search.slice(1).split('&');
  url.search = pairs
    .filter((pair) => ![...new URLSearchParams(pair)].some(([name, value]) => isOut(name, value)))
    .join('&');
  return url;
}

function isPublic(url: URL): boolean {
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.search === '' || ![...url.searchParams].some(([name, value]) => isPrivateParameter(name, value));
}
