/** Name of the package when it cannot be loaded, else null. */
export async function missingPackage(name: string, load: () => Promise<unknown>): Promise<string | null> {
  try {
    await load();
    return null;
  } catch {
    return `the package ${name} (npm install ${name})`;
  }
}
