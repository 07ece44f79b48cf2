import type { FileOrigin, FileRole } from '../../src/ports/handler.ts';
import { roleOfFormat } from './file-name.ts';
import { type ReadFacts, type ReadRole, rolesOfNames } from './name-marks.ts';
import { readGeneratedName, rolesOfGenerated } from './read-roles.ts';

/** A file whose role is asked. */
export interface RoleFile {
  readonly name: string;
  readonly origin: FileOrigin;
  readonly format: string | null;
}

/** What a file is for. */
export interface FileRoleAnswer {
  readonly role: FileRole | null;
  /** 1 to 4: the number in a generated name, else the number of a proven R1, R2 or R3. */
  readonly readNumber: number | null;
}

/**
 * The roles of the files of ONE run, in the order of the files. A role is given only where the submitted name, the read
 * lengths or the layout prove it: a FASTQ of which nothing proves what it holds has the role null.
 */
export function fileRoles(files: readonly RoleFile[], facts: ReadFacts): readonly FileRoleAnswer[] {
  const fastq = (origin: FileOrigin): string[] =>
    files.filter((file) => file.origin === origin && file.format === 'fastq').map((file) => file.name);
  const submittedNames = fastq('submitted');
  const submitted = rolesOfNames(submittedNames, facts);
  const generatedNames = fastq('generated');
  const seen = new Set(submitted.filter((role): role is ReadRole => role !== null));
  const generated = rolesOfGenerated(generatedNames, facts, seen);
  return files.map((file) => {
    if (file.format !== 'fastq') return { role: roleOfFormat(file.format), readNumber: null };
    if (file.origin === 'generated') {
      const { number } = readGeneratedName(file.name);
      const readNumber = number !== null && number <= 4 ? number : null;
      return { role: generated[generatedNames.indexOf(file.name)] ?? null, readNumber };
    }
    const role = file.origin === 'submitted' ? (submitted[submittedNames.indexOf(file.name)] ?? null) : null;
    return { role, readNumber: role?.startsWith('R') ? Number(role.slice(1)) : null };
  });
}
