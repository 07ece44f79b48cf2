import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A public name with what is said of it. */
interface PublicName {
  readonly name: string;
  /** Module that declares it, without suffix: `src/ports/handler`. */
  readonly module: string;
  /** The text above it, without comment marks. */
  readonly doc: string;
  /** The declaration as TypeScript wrote it, with what it needs of its own module that is not public. */
  readonly code: string;
}

/** A page: its file, its title, and the modules whose names it shows, in this order; a folder ends with `/`. */
type Page = readonly [file: string, title: string, modules: readonly string[]];

const PAGES: readonly Page[] = [
  ['project', 'Open a project', ['src/project/', 'src/dispatcher/plan']],
  ['events', 'Events', ['src/ports/reporter']],
  ['accessions', 'Accessions', ['src/id/']],
  [
    'handlers',
    'Write a handler',
    [
      'src/ports/check-handler',
      'src/ports/small-handler',
      'src/ports/handler',
      'src/ports/plugin',
      'src/ports/http',
      'src/ports/credential',
      'src/ports/body-faults',
      'src/records/record-unit',
      'src/records/plugin-column',
    ],
  ],
  ['records', 'Records', ['src/ports/records', 'src/records/']],
  ['tables', 'The tables', ['src/ports/store', 'src/ports/store-care', 'src/ports/comparison']],
  ['jobs', 'Jobs', ['src/ports/jobs']],
  ['queries', 'Queries, export and import', ['src/ports/query', 'src/export/', 'src/import/']],
  ['cache', 'The response cache', ['src/ports/cache-care']],
  [
    'back-ends',
    'Write a back end',
    ['src/ports/backend', 'src/ports/cache-serializer', 'src/ports/cache', 'src/ports/clock'],
  ],
  ['errors', 'Errors', ['src/errors/']],
];

/** The pages of `docs/api` by file name, from the declarations that the build wrote into `folder`. Throws when a name fits on no page. */
export function apiReference(folder: string): Map<string, string> {
  const library = publicNames(folder, 'src/index');
  const places = new Map(
    library.map((name) => [name, PAGES.find(([, , modules]) => orderOn(modules, name.module) >= 0)]),
  );
  const homeless = [...places]
    .filter(([, page]) => page === undefined)
    .map(([{ name, module }]) => `${name} (${module})`);
  if (homeless.length > 0)
    throw new Error(`No page of docs/api shows ${homeless.join(', ')}: add the module to PAGES.`);
  const shown = PAGES.map(([file, title, modules]) => {
    const names = library.filter((name) => places.get(name)?.[0] === file);
    names.sort((a, b) => orderOn(modules, a.module) - orderOn(modules, b.module));
    return { file, title, from: 'celline', names };
  });
  const known = new Set(library.map(({ name }) => name));
  const kit = publicNames(folder, 'src/testing/index').filter(({ name }) => !known.has(name));
  const pages = [...shown, { file: 'testing', title: 'Test with celline', from: 'celline/testing', names: kit }];
  return new Map([
    ['README.md', indexPage(pages)],
    ...pages.map((page): [string, string] => [`${page.file}.md`, pageText(page)]),
  ]);
}

/** Names that a public declaration mentions and that no entry gives, as `AddOptions → Clock`. */
export function unnamedTypes(folder: string): string[] {
  const all = ['src/index', 'src/testing/index'].flatMap((entry) => publicNames(folder, entry));
  const known = new Set(all.map(({ name }) => name));
  return all.flatMap(({ name, module, code }) => {
    const imported = [...read(folder, module).matchAll(/^import (?:type )?\{([^}]*)\}/gm)];
    const needed = imported.flatMap(([, list = '']) => namesIn(list)).filter((one) => !known.has(one));
    const plain = code.replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    return needed.filter((one) => new RegExp(`\\b${one}\\b`).test(plain)).map((one) => `${name} → ${one}`);
  });
}

interface PageContent {
  readonly file: string;
  readonly title: string;
  readonly from: string;
  readonly names: readonly PublicName[];
}

function indexPage(pages: readonly PageContent[]): string {
  const rows = pages.map(({ file, title, from, names }) => {
    const links = names.map(({ name }) => `[\`${name}\`](${file}.md#${name.toLowerCase()})`);
    return `## [${title}](${file}.md)\n\n\`import { … } from '${from}';\`\n\n${links.join(', ')}\n`;
  });
  return `# The library\n\nEvery public name, from the declarations themselves (\`UPDATE_DOCS=1 npx vitest run test/docs/api.test.ts\`). How to begin: [README](../../README.md#as-a-library).\n\n${rows.join('\n')}`;
}

function pageText({ title, from, names }: PageContent): string {
  const parts = names.map(
    ({ name, doc, code }) => `## ${name}\n\n${doc === '' ? '' : `${doc}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`,
  );
  return `# ${title}\n\nFrom \`${from}\`. [All names](README.md)\n\n${parts.join('\n')}`;
}

/** Where a module stands in the list; -1 when it does not. */
function orderOn(places: readonly string[], module: string): number {
  return places.findIndex((place) => isAt(module, place));
}

function isAt(module: string, place: string): boolean {
  return place.endsWith('/') ? module.startsWith(place) : module === place;
}

/** Everything that an entry exports, in its order. */
function publicNames(folder: string, entry: string): PublicName[] {
  const text = read(folder, entry);
  return [...text.matchAll(/^export (?:type )?(?:\*|\{([^}]*)\}) from ['"]([^'"]+)['"];/gm)].flatMap(
    ([, list, from = '']) => {
      const module = posix.join(posix.dirname(entry), from.replace(/\.js$/, ''));
      return (list === undefined ? declaredIn(folder, module) : namesIn(list)).map((name) =>
        find(folder, module, name),
      );
    },
  );
}

function declaredIn(folder: string, module: string): string[] {
  return statementsOf(read(folder, module)).flatMap(({ name, isPublic }) => (isPublic ? [name] : []));
}

/** A name where it is declared; a module may hand on what another declares. */
function find(folder: string, module: string, name: string): PublicName {
  const text = read(folder, module);
  const statements = statementsOf(text);
  const own = statements.filter((one) => one.name === name && one.isPublic);
  const first = own[0];
  if (first !== undefined) {
    const code = own.map((one) => one.code).join('\n');
    const local = statements.filter((one) => !one.isPublic && new RegExp(`\\b${one.name}\\b`).test(code));
    return { name, module, doc: first.doc, code: [code, ...local.map((one) => one.code)].join('\n\n') };
  }
  for (const [, list = '', from = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"];/gm)) {
    if (namesIn(list).includes(name))
      return find(folder, posix.join(posix.dirname(module), from.replace(/\.js$/, '')), name);
  }
  throw new Error(`${module} does not declare ${name}.`);
}

interface Statement {
  readonly name: string;
  readonly isPublic: boolean;
  readonly doc: string;
  readonly code: string;
}

/** The declarations of a module; each goes on until the next begins, with the text above it. */
function statementsOf(text: string): Statement[] {
  const begin =
    /(?:^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^(?:(export )?(?:declare )?((?:abstract )?(?:interface|type|class|function|const) (\w+))|import |export )/gm;
  const found = [...text.matchAll(begin)];
  return found.flatMap((match, index) => {
    const [whole, doc = '', exported, head, name] = match;
    if (head === undefined || name === undefined) return [];
    const from = match.index + whole.length - head.length;
    const code = text.slice(from, found[index + 1]?.index);
    return [
      { name, isPublic: exported !== undefined, doc: plainText(doc), code: code.trim().replaceAll('    ', '  ') },
    ];
  });
}

function plainText(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim());
  return lines.join('\n').trim();
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((one) => one.trim().replace(/^type /, ''))
    .filter((one) => one !== '');
}

function read(folder: string, module: string): string {
  return readFileSync(join(folder, `${module}.d.ts`), 'utf8');
}
