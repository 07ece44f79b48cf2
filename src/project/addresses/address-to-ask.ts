/** What is asked for an address, or why nobody is. */
export type AddressToAsk = { readonly url: URL } | { readonly reason: string };

/** Hosts that have the same files under the same path by `https://` as by `ftp://`. Source: their own lists of files. */
const FTP_HOSTS_WITH_HTTPS = new Set(['ftp.sra.ebi.ac.uk', 'ftp.ncbi.nlm.nih.gov']);

/** Where a size can be asked without an account: `https://`, `http://`, and `ftp://` of the archives that have both. */
export function addressToAsk(address: string): AddressToAsk {
  if (!URL.canParse(address)) return { reason: 'is no address' };
  const url = new URL(address);
  if (url.protocol === 'https:' || url.protocol === 'http:') return { url: withoutUser(url) };
  if (url.protocol === 'ftp:' && FTP_HOSTS_WITH_HTTPS.has(url.host)) {
    return { url: new URL(`https://${url.host}${url.pathname}${url.search}`) };
  }
  return { reason: `${url.protocol}// is not asked` };
}

/** A name and password in an address stay here. */
function withoutUser(url: URL): URL {
  if (url.username === '' && url.password === '') return url;
  const open = new URL(url);
  open.username = '';
  open.password = '';
  return open;
}
