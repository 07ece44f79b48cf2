import type { BodyExpectation, Http, HttpAnswer, HttpRequest } from '../ports/http.ts';
import { decodeUtf8 } from './body/body.ts';
import { gunzip } from './body/gunzip.ts';
import type { Reply } from './exchange.ts';
import type { Asked } from './prepare.ts';

/** What a handler's door stands before. */
export interface Doorway {
  /** Sends the request, whose answer is to have that form. */
  send(request: Asked, expect: BodyExpectation): Promise<Reply>;
  forget(request: HttpRequest): Promise<void>;
}

const JSON_BODY: BodyExpectation = { kind: 'json' };

/** The port of a handler over what sends and what forgets. */
export function createHandlerHttp({ send: sendAs, forget }: Doorway): Http {
  const send = async (request: HttpRequest) => sendAs(request, request.expect);
  return {
    send,
    forget,
    json: async (request) => {
      const { body } = await sendAs(request, JSON_BODY);
      const parsed = body.jsonInMemory();
      return parsed === null ? body.json() : parsed.value;
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
