import type { FileRow } from '../records/file.ts';

/** The tools for which a download list can be written. */
export const DOWNLOAD_TOOLS = ['aria2c', 'wget', 'curl'] as const;

/** A tool that downloads. */
export type DownloadTool = (typeof DOWNLOAD_TOOLS)[number];

/** A file to download, and the name under which it is saved. */
export interface Download {
  readonly urls: readonly string[];
  readonly saveAs: string;
  readonly md5: string | null;
}

/**
 * The downloads of these files. A name that several different files have (two series with `filelist.txt`) gets the
 * accession in front, so that none overwrites another. Files without an address are left out.
 */
export function planDownloads(files: readonly FileRow[]): Download[] {
  const withUrls = files.filter((file) => file.urls.length > 0);
  const owners = new Map<string, number>();
  for (const { name } of withUrls) owners.set(safeName(name), (owners.get(safeName(name)) ?? 0) + 1);
  const used = new Set<string>();
  return withUrls.map(({ name, parent, origin, urls, md5 }) => {
    const plain = safeName(name);
    const candidates = [plain, `${parent}_${plain}`, `${parent}_${origin}_${plain}`];
    const isShared = (owners.get(plain) ?? 0) > 1;
    const saveAs = candidates.slice(isShared ? 1 : 0).find((one) => !used.has(one)) ?? `${used.size}_${plain}`;
    used.add(saveAs);
    return { urls, saveAs, md5 };
  });
}

/** The downloads as an input file for `aria2c -i`, or as a shell script for wget or curl. */
export function downloadList(tool: DownloadTool, downloads: readonly Download[]): string {
  return tool === 'aria2c' ? downloads.map(aria2cEntry).join('') : shellScript(tool, downloads);
}

/** Mirrors of one file stand on one line, separated by TAB; options follow, indented. Source: aria2c(1), Input File. */
function aria2cEntry({ urls, saveAs, md5 }: Download): string {
  const checksum = md5 === null ? '' : `  checksum=md5=${md5}\n`;
  return `${urls.map(oneLine).join('\t')}\n  out=${saveAs}\n${checksum}`;
}

/** True in the shell when the file is there with that checksum: run again, the script fetches only what is missing. */
const HAVE = `have() { test -n "$1" && printf '%s  %s\\n' "$1" "$2" | md5sum -c --status 2>/dev/null; }`;

/** Goes on after a failure, resumes what is half there, and ends with 1 when a file is missing or its checksum is wrong. */
function shellScript(tool: 'wget' | 'curl', downloads: readonly Download[]): string {
  const fetches = downloads.map(({ urls, saveAs, md5 }) => {
    const attempts = urls.map((url) => fetchCommand(tool, url, saveAs));
    return [`have ${shellQuoted(md5 ?? '')} ${shellQuoted(saveAs)}`, ...attempts, 'failed=1'].join(' || ');
  });
  const sums = downloads.filter(({ md5 }) => md5 !== null).map(({ md5, saveAs }) => `${md5}  ${saveAs}`);
  const check = sums.length === 0 ? [] : ["md5sum -c <<'CELLINE_MD5' || failed=1", ...sums, 'CELLINE_MD5'];
  const lines = ['#!/bin/sh', HAVE, 'failed=0', ...fetches, ...check, 'exit $failed'];
  return `${lines.join('\n')}\n`;
}

function fetchCommand(tool: 'wget' | 'curl', url: string, saveAs: string): string {
  return tool === 'wget'
    ? `wget -c -O ${shellQuoted(saveAs)} ${shellQuoted(oneLine(url))}`
    : `curl -fgL --retry 3 -C - -o ${shellQuoted(saveAs)} ${shellQuoted(oneLine(url))}`;
}

/** Text that a POSIX shell takes as one word, whatever it holds. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The last part of the name, with nothing that could leave the folder, start an option or end a line. */
function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const harmless = last.replace(/[\u0000-\u001f\u007f]/g, '_').replace(/^[-.\s]+/, '_');
  return harmless === '' ? '_' : harmless;
}

/** White space in an address, which no tool takes, percent-encoded: a line break would start a line of its own. */
function oneLine(url: string): string {
  return url.replace(/\s/g, (found) => encodeURIComponent(found));
}
