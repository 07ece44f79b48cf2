import { createMemoryBlobs } from '../../src/cache/blob/memory.ts';
import { createMemoryMetadata } from '../../src/cache/metadata/memory.ts';
import { createHttpStack, type HttpStack } from '../../src/http/client.ts';
import type { HandlerHttpSettings, HttpStackSettings } from '../../src/http/settings.ts';
import type { HostLimit, Http, HttpEvent, HttpRequest } from '../../src/ports/http.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';

/** A limit that never waits. */
export function freeLimit(host: string, operator = 'Test archive'): HostLimit {
  return { host, operator, perSecond: 1_000_000, connections: 10, source: 'test' };
}

/** A cache that lives as long as the test. */
export function memoryCache(clock: { now(): number }): NonNullable<HttpStackSettings['cache']> {
  const now = () => clock.now();
  return { metadata: createMemoryMetadata(now), blobs: createMemoryBlobs(now), maxBytes: 1e9 };
}

/** A stack with a fake clock over a real server, with one handler's door. */
export interface StackUnderTest {
  readonly server: ScriptedServer;
  readonly stack: HttpStack;
  readonly http: Http;
  readonly clock: FakeClock;
  readonly events: HttpEvent[];
  /** A text request to a path of the server. */
  readonly request: (path: string, more?: Partial<HttpRequest>) => HttpRequest;
  close(): Promise<void>;
}

/** Starts a server and a stack before it. */
export async function startStack(
  script: Script,
  settings: Partial<HttpStackSettings> = {},
  handler: Partial<HandlerHttpSettings> = {},
): Promise<StackUnderTest> {
  const server = await startScriptedServer(script);
  const clock = createFakeClock();
  const events: HttpEvent[] = [];
  const stack = createHttpStack({
    clock,
    random: () => 0,
    report: (event) => events.push(event),
    userAgent: 'celline/0.0.0',
    cache: null,
    spoolFolders: [],
    ...settings,
  });
  const http = stack.forHandler({ name: 'test', hosts: [freeLimit(server.host)], ttl: 3600, ...handler });
  return {
    server,
    stack,
    http,
    clock,
    events,
    request: (path, more) => ({ url: `${server.url}${path}`, expect: { kind: 'text' }, ...more }),
    close: async () => {
      await stack.close();
      await server.close();
    },
  };
}
