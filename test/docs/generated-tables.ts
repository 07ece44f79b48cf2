import { ENDPOINTS } from '../../handlers/fetch/endpoints.ts';
import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { runnableCommands } from '../../src/cli/command-paths.ts';
import { COMMANDS } from '../../src/cli/declarations/commands.ts';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { BODY_FAULTS } from '../../src/ports/body-faults.ts';
import type { Column } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';
import { markdownTable } from './markdown.ts';

/** Tables that pages hold between `<!-- begin NAME -->` and `<!-- end NAME -->`, made from what the program itself reads. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  commands: () =>
    markdownTable(
      ['Command', 'What it does'],
      runnableCommands(COMMANDS).map(({ path, command }) => [
        `\`${['celline', path, ...command.arguments.map((argument) => argument.name)].join(' ')}\``,
        command.summary,
      ]),
    ),
  handlers: () =>
    markdownTable(
      ['Handler', 'Answers', 'Form', 'Example'],
      builtInHandlers().flatMap(({ name, patterns }) =>
        patterns.map(({ level, pattern, example }) => [
          `\`${name}\``,
          level,
          `\`${pattern.source}\``,
          `\`${example}\``,
        ]),
      ),
    ),
  limits: () =>
    markdownTable(
      ['Operator', 'Host', 'Starts per second', 'With a key', 'Connections', 'Source'],
      distinctHosts().map((host) => [
        host.operator,
        `\`${host.host}\``,
        String(host.perSecond),
        String(host.perSecondWithKey ?? ''),
        String(host.connections),
        host.source,
      ]),
    ),
  'body-faults': () =>
    markdownTable(
      ['Kind', 'What comes', 'Told by', 'Same request again', 'Batch is cut', 'Besides'],
      Object.entries(BODY_FAULTS).map(([kind, { what, told, retry, smaller, besides = '' }]) => [
        `\`${kind}\``,
        what,
        told,
        retry ? 'yes' : '',
        smaller ? 'yes' : '',
        besides,
      ]),
    ),
  endpoints: () =>
    markdownTable(
      ['Endpoint', 'Records missing, or of others', 'Columns, members or elements that do not come'],
      Object.values(ENDPOINTS).map(({ path, missing, drift }) => [`\`${path}\``, missing, drift]),
    ),
  settings: () => markdownTable(['Key', 'Default', 'Meaning'], settingRows(jsonSchema() as SchemaNode, '')),
  tables: () =>
    Object.values(TABLES)
      .map(
        ({ name, columns, primaryKey }) =>
          `## ${name}\n\nPrimary key: ${primaryKey.map((key) => `\`${key}\``).join(', ')}.\n\n${columnTable(columns)}`,
      )
      .join('\n\n'),
};

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly description?: string;
  readonly default?: unknown;
}

/** One row per setting that holds a value; `handlers.<name>.…` stands for every handler. */
function settingRows(node: SchemaNode, path: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const inside = typeof child.additionalProperties === 'object' ? child.additionalProperties : undefined;
    const named = inside?.properties === undefined ? [] : settingRows(inside, `${at}.<name>`);
    if (child.properties !== undefined) return [...settingRows(child, at), ...named];
    if (named.length > 0) return named;
    const value = child.default === undefined ? '' : `\`${JSON.stringify(child.default)}\``;
    return [[`\`${at}\``, value, child.description ?? '']];
  });
}

function columnTable(columns: readonly Column[]): string {
  return markdownTable(
    ['Column', 'Type', 'Meaning'],
    columns.map(({ name, type, doc, required }) => [
      `\`${name}\``,
      required === true ? `${type}, never NULL` : type,
      doc,
    ]),
  );
}

function distinctHosts() {
  const hosts = builtInHandlers().flatMap((handler) => handler.hosts);
  return hosts.filter((host, index) => hosts.findIndex((other) => other.host === host.host) === index);
}

/** All in batch form, in which their facts are whole. */
function builtInHandlers() {
  const registry = createRegistry();
  for (const handler of BUILT_IN_HANDLERS) registry.registerHandler(handler);
  return registry.listHandlers().map(({ handler }) => handler);
}
