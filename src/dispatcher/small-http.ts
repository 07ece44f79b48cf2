import type { Http, HttpRequest } from '../ports/http.ts';
import type { AskOptions, SmallHttp } from '../ports/small-handler.ts';

/** What the door of a small handler is made with. */
export interface SmallHttpFacts {
  /** Paths are under it. */
  readonly baseUrl: string;
  /** Attempts of each request in all; default that of the stack. */
  readonly attempts?: number | undefined;
}

/** The door of a small handler over that of the batch form. */
export function createSmallHttp(http: Pick<Http, 'send' | 'chunks'>, facts: SmallHttpFacts): SmallHttp {
  const request = (path: string, { query, ...options }: AskOptions = {}): Omit<HttpRequest, 'expect'> => ({
    ...(facts.attempts === undefined ? {} : { attempts: facts.attempts }),
    ...options,
    url: addressOf(path, facts.baseUrl, query),
  });
  const json = async <T>(one: Omit<HttpRequest, 'expect'>): Promise<T> => {
    const { body } = await http.send({ ...one, expect: { kind: 'json' } });
    return (await body.json()) as T;
  };
  return {
    json: (path, options) => json(request(path, options)),
    async text(path, options) {
      const { body } = await http.send({ ...request(path, options), expect: { kind: 'text' } });
      return body.text();
    },
    xml: (path, { roots, ...options }) => http.chunks({ ...request(path, options), expect: { kind: 'xml', roots } }),
    form: (path, form, options) => json({ ...request(path, options), form }),
    post: (path, body, options) => json({ ...request(path, options), json: body }),
  };
}

/** `/samples/X1` under `https://api.example.org/v1/` is `https://api.example.org/v1/samples/X1`; an absolute address is itself. */
export function addressOf(path: string, baseUrl: string, query: AskOptions['query'] = {}): string {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
  const address = isAbsolute ? path : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return address;
  const [, before = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(address) ?? [];
  const parameters = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return `${before}${before.includes('?') ? '&' : '?'}${parameters}${fragment}`;
}
