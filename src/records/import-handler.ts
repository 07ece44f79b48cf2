/** Name of the handler of everything that an import brought: no archive can be asked for it again. */
export const IMPORT_HANDLER = 'import';
