import { BlockList, isIP } from 'node:net';

/** Ports that an address without one means. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * True for an address that `NO_PROXY` names: comma list (blanks do too) of `*`, host names, which count for what lies below them
 * too (`.name` and `*.name` are the same), addresses, ranges of them (`10.0.0.0/8`), each of them perhaps with `:port`.
 */
export function isInNoProxy({ protocol, hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  const at = port === '' ? DEFAULT_PORTS[protocol] : port;
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    if (entry === '*') return true;
    const named = splitPort(entry);
    return (named.port === null || named.port === at) && matches(host, named.host);
  });
}

/** `name:80`, `[::1]:80`, `::1`: the last group of a bare IPv6 address is no port. */
function splitPort(entry: string): { readonly host: string; readonly port: string | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? null };
  const named = /^([^:]*):(\d+)$/.exec(entry);
  return { host: named?.[1] ?? entry, port: named?.[2] ?? null };
}

function matches(host: string, entry: string): boolean {
  if (isIP(host) !== 0) return isInRange(host, entry);
  const name = entry.replace(/^\*?\.|\.$/g, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function isInRange(address: string, entry: string): boolean {
  const [network = '', bits = '', ...rest] = entry.split('/');
  const family = isIP(network);
  const most = family === 6 ? 128 : 32;
  const prefix = bits === '' ? most : Number(bits);
  if (family === 0 || rest.length > 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most) return false;
  const range = new BlockList();
  range.addSubnet(network, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return range.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
