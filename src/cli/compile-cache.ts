import * as nodeModule from 'node:module';

/** Node 22.1 and newer keep compiled code between starts, in the folder for temporary files; older ones do not know how. */
export function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: () => unknown };
  enableCompileCache?.();
}
