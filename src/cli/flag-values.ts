import { UsageError } from '../errors/usage-error.ts';

type Flags = Readonly<Record<string, unknown>>;

/** The flag under its own name when it was given as text, else nothing. */
export function optionalText<Name extends string>(flags: Flags, name: Name): { readonly [N in Name]?: string } {
  const value = flags[name];
  return (typeof value === 'string' ? { [name]: value } : {}) as { readonly [N in Name]?: string };
}

/** The flag under its own name when it was given as a number of at least `least`, else nothing; UsageError for other text. */
export function optionalNumber<Name extends string>(
  flags: Flags,
  name: Name,
  { least, isWhole }: { readonly least: number; readonly isWhole: boolean },
): { readonly [N in Name]?: number } {
  const value = flags[name];
  if (typeof value !== 'string') return {};
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || number < least || (isWhole && !Number.isInteger(number))) {
    throw new UsageError(`--${name} takes ${isWhole ? 'a whole number' : 'a number'} from ${least}, not "${value}".`, {
      hint: `--${name} ${Math.max(least, 10)}`,
    });
  }
  return { [name]: number } as { readonly [N in Name]?: number };
}

/** True when the flag was given. */
export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true;
}
