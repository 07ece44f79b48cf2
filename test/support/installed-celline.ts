import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtCelline } from './built-celline.ts';

/** Puts celline as it was built into `node_modules` of a folder, as `npm install celline` would. */
export function installCelline(folder: string): void {
  const home = join(folder, 'node_modules', 'celline');
  mkdirSync(home, { recursive: true });
  symlinkSync(dirname(dirname(builtCelline())), join(home, 'dist'));
  copyFileSync(join(import.meta.dirname, '..', '..', 'package.json'), join(home, 'package.json'));
}
