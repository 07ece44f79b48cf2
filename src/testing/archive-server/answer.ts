/** What an endpoint answers: text in three parts, of which only the records take time to make. */
export interface Answer {
  readonly status: number;
  /** Media type with its parameters. */
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly head: string;
  /** One text per record, rendered when its turn comes; absent: the answer is its head. */
  readonly records?: Iterable<string>;
  readonly tail?: string;
  /** True when the file itself is gzip (a `.gz` of the file tree), not merely its transport. */
  readonly gzip?: boolean;
}

/** A plain text answer. */
export function textAnswer(status: number, text: string): Answer {
  return { status, type: 'text/plain;charset=UTF-8', head: text };
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=UTF-8', head: `${JSON.stringify(value)}\n` };
}

/** An XML answer. */
export function xmlAnswer(status: number, text: string): Answer {
  return { status, type: 'text/xml; charset=UTF-8', head: text };
}

/** The page that NCBI and EBI show for a path that they do not have. */
export function notFoundPage(path: string): Answer {
  return {
    status: 404,
    type: 'text/html; charset=UTF-8',
    head: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL ${escapeText(path)} was not found on this server.</p>\n</body></html>\n`,
  };
}

/** Text for XML or HTML content. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
