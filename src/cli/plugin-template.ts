/** The names under which a handler of one's own is written. */
export interface PluginNames {
  /** As the user gave it: `lab-db`. */
  readonly name: string;
  /** Source of its tables and prefix of its variables: `LAB_DB`. */
  readonly source: string;
  /** What its ids begin with: `LABDB`. */
  readonly prefix: string;
}

/** The names that follow from the name of a handler. */
export function pluginNames(name: string): PluginNames {
  const source = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return { name, source, prefix: source.replaceAll('_', '') };
}

/** A file of the template under the names of a new handler. Pure. */
export function renderTemplate(text: string, { name, source, prefix }: PluginNames): string {
  return text
    .replaceAll("'../src/ports/handler.ts'", "'celline'")
    .replace('export const custom = ', 'export default ')
    .replace(
      /^(?: \*|\/\*\*) The handler of a small REST service.*$/m,
      `/** The handler of ids such as ${prefix}123456. */`,
    )
    .replace(/(description: ).*,$/m, `$1'The archive of ${name}',`)
    .replaceAll('CUSTOM_API_', `${source}_API_`)
    .replaceAll('CUSTOM_DB', source)
    .replaceAll("source: 'CUSTOM'", `source: '${source}'`)
    .replaceAll(/CUSTOM(?=\\d|\d| and)/g, prefix)
    .replaceAll(/(celline-plugin-|handlers test |name: ')custom\b/g, `$1${name}`);
}
