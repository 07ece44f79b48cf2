import { PluginError } from '../errors/plugin-error.ts';
import { wrongLimits } from './check-limits.ts';
import type { Handler } from './handler.ts';
import type { SmallHandler } from './small-handler.ts';

/** The version of the handler port that this celline speaks. */
export const PORT_VERSION = 1;

type Fields = Readonly<Record<string, unknown>>;

/** Types and checks a handler in its small form: what is missing or of another kind is a `PluginError` that names each member. */
export function defineHandler(handler: SmallHandler): SmallHandler {
  checkHandler(handler);
  return handler;
}

/** Types and checks a handler in batch form, as `defineHandler` does for the small one. */
export function defineBatchHandler(handler: Handler): Handler {
  checkHandler(handler);
  return handler;
}

/** True for a handler in batch form. */
export function isBatchForm(handler: SmallHandler | Handler): handler is Handler {
  return typeof (handler as Partial<Handler>).fetchBatch === 'function';
}

/**
 * Checks that something is a handler of one of the two forms. The `PluginError` names every member that is missing and
 * every one that is wrong, or the version of the port that is not spoken here.
 */
export function checkHandler(candidate: unknown): asserts candidate is SmallHandler | Handler {
  if (typeof candidate !== 'object' || candidate === null) {
    throw new PluginError(`a handler is an object, not ${candidate === null ? 'null' : typeof candidate}`, {
      hint: 'write it with defineHandler({ … })',
    });
  }
  const handler = candidate as Fields;
  const name = typeof handler.name === 'string' && handler.name !== '' ? handler.name : null;
  const shown = name === null ? 'a handler without a name' : `the handler "${name}"`;
  checkVersion(handler.portVersion, shown);
  const complaints = complaintsOf(handler);
  if (complaints.length === 0) return;
  throw new PluginError(`${shown} ${complaints.join('; ')}`, {
    hint: 'the members of a handler are described at SmallHandler and Handler of celline',
    fields: { handler: name },
  });
}

function checkVersion(version: unknown, shown: string): void {
  if (version === undefined || version === PORT_VERSION) return;
  throw new PluginError(
    `${shown} was written for version ${String(version)} of the handler port, this celline speaks version ${PORT_VERSION}`,
    { hint: 'install a version of the plug-in or of celline that fits the other' },
  );
}

/** `lacks fetchSample, pattern.example` and `has a pattern that is not anchored`, in this order; empty when all is well. */
function complaintsOf(handler: Fields): string[] {
  const isBatch = typeof handler.fetchBatch === 'function';
  const lacks = isBatch ? lacksOfBatch(handler) : lacksOfSmall(handler);
  const wrong = [...wrongNames(handler), ...patternsOf(handler).flatMap(wrongPattern), ...wrongMembers(handler)];
  return [...(lacks.length === 0 ? [] : [`lacks ${lacks.join(', ')}`]), ...wrong];
}

function lacksOfBatch(handler: Fields): string[] {
  return [
    ...lackingTexts(handler, ['name', 'description', 'source']),
    ...(typeof handler.batchSize === 'number' ? [] : ['batchSize']),
    ...(handler.portVersion === undefined ? ['portVersion'] : []),
    ...(Array.isArray(handler.hosts) ? [] : ['hosts']),
    ...lackingPatterns(handler),
  ];
}

function lacksOfSmall(handler: Fields): string[] {
  const hasProjects = patternsOf(handler).some(({ level }) => level === 'project');
  return [
    ...lackingTexts(handler, ['name', 'source', 'baseUrl']),
    ...lackingPatterns(handler),
    ...lackingFunctions(handler, ['fetchSample', 'fetchRun', ...(hasProjects ? ['fetchProject'] : [])]),
  ];
}

function lackingTexts(handler: Fields, names: readonly string[]): string[] {
  return names.filter((name) => typeof handler[name] !== 'string' || handler[name] === '');
}

function lackingFunctions(handler: Fields, names: readonly string[]): string[] {
  return names.filter((name) => typeof handler[name] !== 'function');
}

function lackingPatterns(handler: Fields): string[] {
  const patterns = patternsOf(handler);
  if (patterns.length === 0) return [Array.isArray(handler.patterns) ? 'patterns' : 'pattern'];
  return patterns.flatMap((pattern, index) => {
    const place = Array.isArray(handler.patterns) ? `patterns[${index}]` : 'pattern';
    return [
      ...(pattern.pattern instanceof RegExp || isRegExp(pattern.pattern) ? [] : [`${place}.pattern`]),
      ...(typeof pattern.example === 'string' && pattern.example !== '' ? [] : [`${place}.example`]),
    ];
  });
}

/** Also one of another realm, such as a test runner's. */
function isRegExp(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

function patternsOf({ pattern, patterns }: Fields): Fields[] {
  const listed: unknown[] = Array.isArray(patterns) ? patterns : [pattern];
  return listed.filter((one): one is Fields => typeof one === 'object' && one !== null);
}

/** Prefixes of variables that are of celline itself, or hold the key of somebody else. */
const RESERVED_PREFIXES: readonly unknown[] = ['NCBI', 'CELLINE'];

function wrongNames({ name, source, envPrefix = String(name).toUpperCase() }: Fields): string[] {
  return [
    // `handlers.order` of the configuration is the list of their names.
    ...(name === 'order' ? ['has a name that means something else in the configuration'] : []),
    ...(RESERVED_PREFIXES.includes(envPrefix)
      ? [`has the variables ${String(envPrefix)}_…, which mean something else: give it another envPrefix`]
      : []),
    ...(typeof name === 'string' && name !== '' && !/^[a-z0-9][a-z0-9_-]*$/.test(name)
      ? ['has a name that is not lower-case letters, digits, - and _']
      : []),
    ...(typeof source === 'string' && source !== '' && !/^[A-Z][A-Z0-9_]*$/.test(source)
      ? [`has the source ${source}, which is not upper-case letters, digits and _`]
      : []),
  ];
}

const LEVELS: readonly unknown[] = ['project', 'sample', 'experiment', 'run', 'submission', 'platform', undefined];

function wrongPattern({ pattern, example, level }: Fields): string[] {
  if (!LEVELS.includes(level)) return [`has a pattern of level ${String(level)}, which is none`];
  if (!isRegExp(pattern) || typeof example !== 'string' || example === '') return [];
  const form = pattern as RegExp;
  const stated = `has the pattern ${String(form)}`;
  if (form.global || form.sticky) return [`${stated}, whose flags g and y make each test depend on the one before`];
  const isAnchored = !form.test(`\u0001${example}`) && !form.test(`${example}\u0001`);
  if (!form.test(example)) return [`${stated}, which does not fit its own example ${example}`];
  return isAnchored ? [] : [`${stated}, which is not anchored: write /^…$/`];
}

/** What may be left out, and what each must be when it is there. */
const OPTIONAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...Object.fromEntries(
    ['fetchProject', 'fetchSamples', 'fetchRuns', 'validate', 'downloadUrls', 'search', 'plan'].map((name) => [
      name,
      (value: unknown) => typeof value === 'function',
    ]),
  ),
  batchSize: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  attempts: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  ttl: (value) => typeof value === 'number' && value >= 0,
  deadline: (value) => typeof value === 'number' && value > 0,
  checks: (value) => Array.isArray(value) && value.every((check) => isAddress((check as Fields | null)?.url)),
  baseUrl: isAddress,
  envPrefix: (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value),
  auth: (value) => value === 'rate' || value === 'content',
};

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value);
}

function wrongMembers(handler: Fields): string[] {
  const members = Object.entries(OPTIONAL)
    .filter(([name, isGood]) => handler[name] !== undefined && handler[name] !== '' && !isGood(handler[name]))
    .map(([name]) => name);
  const wrong = [...members, ...wrongLimits(handler)];
  return wrong.length === 0 ? [] : [`has ${wrong.join(', ')} of another kind than the port says`];
}
