import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';

/** What plug-ins do to the process that they run in, kept off everybody else. */
export interface ProcessGuard {
  /** Runs code of a plug-in: what it prints goes to `print`, what it throws later to `fault`, also after its call has ended. */
  run<T>(plugin: string, work: () => T): T;
  /** Runs code of celline that a plug-in has called: what it prints is celline's own. */
  outside<T>(work: () => T): T;
  /** Takes the guard away. */
  release(): void;
}

/** Who hears of it. */
export interface GuardListener {
  /** A line that a plug-in printed, without its end. */
  print(plugin: string, line: string, level: 'debug' | 'info' | 'warn'): void;
  /** An error that a plug-in threw outside of any call. */
  fault(plugin: string, error: unknown): void;
  /** The plug-in from whose file an error comes, by its stack; null when it comes from none. */
  ownerOf(error: unknown): string | null;
  /** An error that is of no plug-in: ends the process as it would have without the guard. */
  fatal(error: unknown): void;
}

type PrintLevel = 'debug' | 'info' | 'warn';

const METHODS = {
  log: 'info',
  info: 'info',
  dir: 'info',
  table: 'info',
  debug: 'debug',
  trace: 'debug',
  warn: 'warn',
  error: 'warn',
} as const satisfies Partial<Record<keyof Console, PrintLevel>>;

/** Guards this process. stdout stays data: what plug-ins print there, and on stderr, becomes lines of the log. */
export function guardProcess(listener: GuardListener): ProcessGuard {
  const owner = new AsyncLocalStorage<string>();
  const undo = [
    guardConsole(owner, listener),
    guardStream(process.stdout, owner, (plugin, line) => listener.print(plugin, line, 'info')),
    guardStream(process.stderr, owner, (plugin, line) => listener.print(plugin, line, 'warn')),
    catchFaults(owner, listener),
  ];
  return {
    run: (plugin, work) => owner.run(plugin, work),
    outside: (work) => owner.exit(work),
    release() {
      for (const one of undo) one();
    },
  };
}

function guardConsole(owner: AsyncLocalStorage<string>, listener: GuardListener): () => void {
  const originals = { ...console };
  for (const [name, level] of Object.entries(METHODS) as [keyof typeof METHODS, PrintLevel][]) {
    const original = console[name] as (...values: unknown[]) => void;
    console[name] = (...values: unknown[]) => {
      const plugin = owner.getStore();
      if (plugin === undefined) original.apply(console, values);
      else owner.exit(() => listener.print(plugin, format(...values), level));
    };
  }
  return () => void Object.assign(console, originals);
}

function guardStream(
  stream: NodeJS.WriteStream,
  owner: AsyncLocalStorage<string>,
  print: (plugin: string, line: string) => void,
): () => void {
  const original = stream.write;
  stream.write = function write(this: NodeJS.WriteStream, ...given: unknown[]): boolean {
    const plugin = owner.getStore();
    if (plugin === undefined) return Reflect.apply(original, this, given) as boolean;
    const [chunk] = given;
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8');
    owner.exit(() => print(plugin, text.replace(/\r?\n$/, '')));
    const done = given.findLast((one) => typeof one === 'function') as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(() => done());
    return true;
  } as typeof stream.write;
  return () => {
    stream.write = original;
  };
}

/** What nobody awaits or catches would end the process with all that others are doing. */
function catchFaults(owner: AsyncLocalStorage<string>, listener: GuardListener): () => void {
  const caught = (error: unknown): void => {
    const plugin = owner.getStore() ?? listener.ownerOf(error);
    if (plugin === null) listener.fatal(error);
    else owner.exit(() => listener.fault(plugin, error));
  };
  process.on('uncaughtException', caught);
  process.on('unhandledRejection', caught);
  return () => {
    process.off('uncaughtException', caught);
    process.off('unhandledRejection', caught);
  };
}
