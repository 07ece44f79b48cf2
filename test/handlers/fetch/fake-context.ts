import type { HandlerContext, HandlerEvent, HttpRequest } from '../../../src/ports/handler.ts';

/** A context whose archive answers by a script, and what was asked of it. */
export interface FakeContext {
  readonly context: HandlerContext;
  readonly asked: HttpRequest[];
  readonly forgotten: HttpRequest[];
}

/** `answer` gives the text of each request, or throws. */
export function fakeContext(answer: (request: HttpRequest, index: number) => string): FakeContext {
  const asked: HttpRequest[] = [];
  const forgotten: HttpRequest[] = [];
  const text = async (request: HttpRequest) => {
    asked.push(request);
    return answer(request, asked.length - 1);
  };
  const http = {
    chunks: async (request: HttpRequest) => {
      const whole = await text(request);
      return (async function* () {
        yield whole;
      })();
    },
    json: async (request: HttpRequest) => JSON.parse(await text(request)),
    forget: async (request: HttpRequest) => void forgotten.push(request),
  };
  const { signal } = new AbortController();
  const context = { http, signal, memo: new Map(), full: false, now: () => '2026-11-21T00:00:00Z', log: () => {} };
  return { context: context as unknown as HandlerContext, asked, forgotten };
}

/** All events. */
export async function eventsOf(events: AsyncIterable<HandlerEvent>): Promise<HandlerEvent[]> {
  const all: HandlerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
