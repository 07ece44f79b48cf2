/** How a body under a good status lies, or what it says instead of data. */
export type BodyFaultKind =
  | 'captcha'
  | 'answer'
  | 'expired'
  | 'trouble'
  | 'html'
  | 'error_text'
  | 'cut'
  | 'empty'
  | 'garbage'
  | 'wrong_type'
  | 'wrong_root'
  | 'wrong_header'
  | 'malformed'
  | 'incomplete'
  | 'too_large'
  | 'too_few'
  | 'other_records';

/** What is known of one kind of fault, and what follows from it. */
export interface BodyFault {
  /** What comes in place of data, for people. */
  readonly what: string;
  /** By what it is told from data, for people. */
  readonly told: string;
  /** What the archives write when it is this one; looked for in pages and texts, row by row, the first that matches counts. */
  readonly sentences?: readonly RegExp[];
  /** True: the same request is sent again, up to its attempts. */
  readonly retry: boolean;
  /** True: a batch that met it is cut, since a smaller one may not meet it. */
  readonly smaller: boolean;
  /** What else the readers of records do before an id fails by name. */
  readonly besides?: string;
  /** The next step, for whoever reads the error. */
  readonly hint: string;
}

const IN_TROUBLE = 'the archive is in trouble: try again later';
const CHANGED = 'the archive may be overloaded or may have changed its format: try again later';

/** Every kind of fault, in the order in which a page or text is compared with their sentences. */
export const BODY_FAULTS: Readonly<Record<BodyFaultKind, BodyFault>> = {
  captcha: {
    what: 'a page that asks for a person, or says that this address is blocked',
    told: 'its title or script (reCAPTCHA, Cloudflare, "Blocked Diagnostic" of NCBI); under 403 and 503 too',
    sentences: [
      /<title>\s*Checking your browser/i,
      /<title>\s*(?:Just a moment|Attention Required)/i,
      /www\.google\.com\/recaptcha\/|class="g-recaptcha"/i,
      /WWW Error Blocked Diagnostic|blocked due to a possible misuse/i,
      /(?:are you|you are) (?:not )?a robot|verify (?:that )?you are (?:a )?human/i,
    ],
    retry: true,
    // More and smaller requests are what such a page is shown for.
    smaller: false,
    hint: 'the archive takes this address for a robot: wait some minutes, lower "rateLimit", set NCBI_API_KEY and "email"',
  },
  answer: {
    what: 'a page of GEO that says why it does not give the record',
    told: 'its sentence: not found, private, deleted, not yet approved',
    sentences: [
      /Could not find a public or private accession|is currently private/i,
      /was deleted by the GEO staff|is not yet approved by GEO/i,
    ],
    retry: false,
    smaller: false,
    besides: 'the outcome that the sentence names',
    hint: 'see the text of the archive',
  },
  expired: {
    what: 'a search whose session NCBI has forgotten',
    told: 'its sentence ("Unable to obtain query #1")',
    sentences: [/Unable to obtain query #|No esummary records found|WebEnv .{0,40}(?:expired|not found)/i],
    retry: false,
    smaller: true,
    besides: 'searched again, and the pages of the new search',
    hint: IN_TROUBLE,
  },
  trouble: {
    what: 'a text of a back end in trouble',
    told: 'its sentence in `error`, `<ERROR>`, or a line of text in place of XML',
    sentences: [
      /error forwarding request|MegaLink|Couldn't resolve #|pmquerysrv|proxy_stream|Search Backend failed/i,
      /temporar(y|ily)|try again|timed? ?out|Internal Server Error|Bad Gateway|Service Unavailable|rate limit exceeded/i,
    ],
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  html: {
    what: 'a web page',
    told: 'its first element or document type; of a text form also the media type',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  error_text: {
    what: "an archive's own error",
    told: '`error`, `eutilsresult.ERROR` or `esearchresult.ERROR` of JSON, an `<ERROR>` of XML, a text in place of a table',
    retry: false,
    smaller: true,
    hint: 'see the text of the archive',
  },
  cut: {
    what: 'a body that ends early',
    told: 'no closing tag, JSON that does not parse, no newline at the end, an open quote, a gzip trailer that does not fit, a row with too few cells',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  empty: {
    what: 'nothing',
    told: 'no byte, where the form has at least a heading',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  garbage: {
    what: 'bytes that are no text',
    told: 'a NUL byte, or the first bytes of a gzip file that nobody asked for',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  wrong_type: {
    what: 'a body of another form',
    told: 'its first characters',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  wrong_root: {
    what: 'an XML document of another kind',
    told: 'its root element',
    retry: true,
    smaller: true,
    hint: IN_TROUBLE,
  },
  wrong_header: {
    what: 'a table or record without what everything hangs on',
    told: 'no key column, no `result.uids`, no `esearchresult.count`',
    retry: false,
    smaller: false,
    besides: 'asked once more past the cache',
    hint: CHANGED,
  },
  malformed: {
    what: 'a document that is broken inside',
    told: 'the parser',
    retry: false,
    smaller: true,
    besides: 'asked once more past the cache',
    hint: CHANGED,
  },
  incomplete: {
    what: 'a record without its accession',
    told: 'the reader of the records',
    retry: false,
    smaller: true,
    besides: 'asked once more past the cache',
    hint: CHANGED,
  },
  too_large: {
    what: 'more bytes than the request takes',
    told: 'counted as they come',
    retry: false,
    smaller: true,
    hint: 'ask for less at once',
  },
  too_few: {
    what: 'fewer records than were asked for',
    told: 'the accessions of the records against those asked, and the count of the search',
    retry: false,
    smaller: true,
    besides:
      'what was left out is asked again past the cache, as long as something comes; an answer that lied is forgotten',
    hint: 'the archive may be overloaded: run the command again later',
  },
  other_records: {
    what: 'records that nobody asked for, and none of those asked',
    told: 'the accessions of the records',
    retry: false,
    smaller: true,
    besides: 'asked once more past the cache',
    hint: 'the archive or a proxy mixes answers up: run the command again later',
  },
};

/** The row of a kind; a kind that has none is one that a smaller batch may not meet. */
export function bodyFault(kind: unknown): Pick<BodyFault, 'retry' | 'smaller' | 'hint'> {
  const row = typeof kind === 'string' && Object.hasOwn(BODY_FAULTS, kind) ? BODY_FAULTS[kind as BodyFaultKind] : null;
  return row ?? { retry: false, smaller: true, hint: CHANGED };
}

/** The first kind of which the text holds a sentence; null when it holds none. */
export function faultNamedIn(text: string): BodyFaultKind | null {
  for (const [kind, { sentences = [] }] of Object.entries(BODY_FAULTS)) {
    if (sentences.some((sentence) => sentence.test(text))) return kind as BodyFaultKind;
  }
  return null;
}
