import type { Http, HttpAnswer, HttpRequest } from '../ports/http.ts';
import { decodeUtf8 } from './body/body.ts';
import { gunzip } from './body/gunzip.ts';

/** The port of a handler over what sends and what forgets. */
export function createHandlerHttp({ send, forget }: Pick<Http, 'send' | 'forget'>): Http {
  return {
    send,
    forget,
    json: async (request) => {
      const { body } = await send({ ...request, expect: { kind: 'json' } });
      return body.json();
    },
    text: async (request) => {
      let text = '';
      for await (const chunk of textOf(request, await send(request))) text += chunk;
      return text;
    },
    chunks: async (request) => textOf(request, await send(request)),
  };
}

/** The body as text; a gzip file is inflated on the way. */
function textOf({ expect }: HttpRequest, { body }: HttpAnswer): AsyncIterable<string> {
  return decodeUtf8(expect.kind === 'soft' && expect.gzip ? gunzip(body.stream()) : body.stream());
}
