/** The archive whose accession it is, as people call it. INSDC: SRA, ENA and DDBJ, which share their records. */
export type ArchiveName =
  | 'GEO'
  | 'INSDC'
  | 'ArrayExpress'
  | 'BioStudies'
  | 'CNGBdb (CNGB)'
  | 'dbGaP'
  | 'EGA'
  | 'ENCODE'
  | 'GDC'
  | 'GSA (CNCB-NGDC)'
  | 'GSA-Human (CNCB-NGDC)'
  | 'HCA, CELLxGENE or GDC'
  | 'JGA (DDBJ)'
  | 'MetaboLights'
  | 'PRIDE';

/** The level of a record that an accession names; null where the form does not say. */
export type AccessionLevel =
  | 'project'
  | 'sample'
  | 'experiment'
  | 'run'
  | 'submission'
  | 'platform'
  | 'analysis'
  | 'dataset'
  | 'file'
  | null;

/** One form of accession. */
export interface AccessionKind {
  readonly archive: ArchiveName;
  /** What the archive calls such a record: `GEO sample`, `SRA run`, `BioProject`. */
  readonly kind: string;
  readonly level: AccessionLevel;
  /** Anchored; matched against the upper-cased text. */
  readonly pattern: RegExp;
  /** Letters before the digits, for kinds that are letters and digits; null for other forms. */
  readonly prefix: string | null;
  /** Fewest and most digits. */
  readonly digits: readonly [fewest: number, most: number];
  /** False: a number with a leading zero is no accession (`GSM01`). */
  readonly leadingZero: boolean;
  /** True when the built-in handlers fetch it. */
  readonly supported: boolean;
  /** Page where to ask by hand; `{id}` stands for the accession. */
  readonly page: string;
  /** True when the archive writes it in small letters (`phs000424`, UUID). */
  readonly lowerCase: boolean;
}

type Facts = Pick<AccessionKind, 'archive' | 'supported' | 'page'>;

const GEO: Facts = { archive: 'GEO', supported: true, page: 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc={id}' };
const INSDC: Facts = { archive: 'INSDC', supported: true, page: 'https://www.ebi.ac.uk/ena/browser/view/{id}' };
const EGA: Facts = { archive: 'EGA', supported: false, page: 'https://ega-archive.org/search/{id}' };
const GSA: Facts = {
  archive: 'GSA (CNCB-NGDC)',
  supported: false,
  page: 'https://ngdc.cncb.ac.cn/search/specific?q={id}',
};
const HUMAN: Facts = { ...GSA, archive: 'GSA-Human (CNCB-NGDC)' };
const CNGB: Facts = { archive: 'CNGBdb (CNGB)', supported: false, page: 'https://db.cngb.org/search/?q={id}' };
const JGA: Facts = { archive: 'JGA (DDBJ)', supported: false, page: 'https://ddbj.nig.ac.jp/search?query={id}' };

/** Letters, then digits. */
function numbered(
  facts: Facts,
  kind: string,
  level: AccessionLevel,
  prefix: string,
  digits: readonly [number, number],
  leadingZero = true,
): AccessionKind {
  const number = leadingZero ? `\\d{${digits[0]},${digits[1]}}` : `[1-9]\\d{${digits[0] - 1},${digits[1] - 1}}`;
  const pattern = new RegExp(`^${prefix}${number}$`);
  return { ...facts, kind, level, pattern, prefix, digits, leadingZero, lowerCase: false };
}

/** Any other form. */
function shaped(facts: Facts, kind: string, level: AccessionLevel, pattern: RegExp, lowerCase = false): AccessionKind {
  return { ...facts, kind, level, pattern, prefix: null, digits: [0, 0], leadingZero: true, lowerCase };
}

/** GEO counts from 1 without padding. Ten digits: its numbers passed 9 million in 2025. */
const GEO_DIGITS = [1, 10] as const;
/** SRA, ENA and DRA pad to six digits and have passed eight; twelve is a bound against nonsense. */
const INSDC_DIGITS = [6, 12] as const;
/** NCBI and DDBJ pad BioSamples to eight digits. */
const BIOSAMPLE_DIGITS = [8, 12] as const;

/** Studies, samples, experiments, runs, submissions and analyses of the three INSDC partners. */
const INSDC_KINDS: readonly AccessionKind[] = (
  [
    ['S', 'SRA'],
    ['E', 'ENA'],
    ['D', 'DRA'],
  ] as const
).flatMap(([letter, archive]) => [
  numbered(INSDC, `${archive} study`, 'project', `${letter}RP`, INSDC_DIGITS),
  numbered(INSDC, `${archive} sample`, 'sample', `${letter}RS`, INSDC_DIGITS),
  numbered(INSDC, `${archive} experiment`, 'experiment', `${letter}RX`, INSDC_DIGITS),
  numbered(INSDC, `${archive} run`, 'run', `${letter}RR`, INSDC_DIGITS),
  numbered(INSDC, `${archive} submission`, 'submission', `${letter}RA`, INSDC_DIGITS),
  numbered({ ...INSDC, supported: false }, `${archive} analysis`, 'analysis', `${letter}RZ`, INSDC_DIGITS),
]);

const EGA_KINDS: readonly AccessionKind[] = (
  [
    ['S', 'study', 'project'],
    ['D', 'dataset', 'dataset'],
    ['N', 'sample', 'sample'],
    ['X', 'experiment', 'experiment'],
    ['R', 'run', 'run'],
    ['F', 'file', 'file'],
    ['Z', 'analysis', 'analysis'],
    ['C', 'access committee', null],
    ['P', 'policy', null],
  ] as const
).map(([letter, name, level]) => numbered(EGA, `EGA ${name}`, level, `EGA${letter}`, [11, 11]));

const CHINESE_KINDS: readonly AccessionKind[] = [
  numbered(GSA, 'GSA project', 'project', 'PRJCA', [6, 12]),
  shaped(GSA, 'GSA project', 'project', /^PRJC[A-Z]\d{6,12}$/),
  numbered(GSA, 'GSA sample', 'sample', 'SAMC', [6, 12]),
  numbered(GSA, 'GSA study', 'project', 'CRA', [6, 12]),
  numbered(GSA, 'GSA experiment', 'experiment', 'CRX', [6, 12]),
  numbered(GSA, 'GSA run', 'run', 'CRR', [6, 12]),
  numbered(GSA, 'OMIX dataset', 'dataset', 'OMIX', [3, 12]),
  numbered(HUMAN, 'GSA-Human study', 'project', 'HRA', [6, 12]),
  numbered(HUMAN, 'GSA-Human experiment', 'experiment', 'HRX', [6, 12]),
  numbered(HUMAN, 'GSA-Human run', 'run', 'HRR', [6, 12]),
  numbered(HUMAN, 'GSA-Human individual', 'sample', 'HRI', [6, 12]),
  numbered(HUMAN, 'GSA-Human sample', 'sample', 'HRS', [6, 12]),
  numbered(CNGB, 'CNSA project', 'project', 'CNP', [6, 12]),
  numbered(CNGB, 'CNSA sample', 'sample', 'CNS', [6, 12]),
  numbered(CNGB, 'CNSA experiment', 'experiment', 'CNX', [6, 12]),
  numbered(CNGB, 'CNSA run', 'run', 'CNR', [6, 12]),
];

/** Every form of accession that celline can name, first match first. Sources: archives' own patterns and their clients. */
export const ACCESSION_KINDS: readonly AccessionKind[] = [
  numbered(GEO, 'GEO series', 'project', 'GSE', GEO_DIGITS, false),
  numbered(GEO, 'GEO sample', 'sample', 'GSM', GEO_DIGITS, false),
  numbered(GEO, 'GEO platform', 'platform', 'GPL', GEO_DIGITS, false),
  // A DataSet is GEO's curated view of one series; its page names the series, which can be added.
  numbered({ ...GEO, supported: false }, 'GEO DataSet', 'dataset', 'GDS', GEO_DIGITS, false),
  ...['PRJNA', 'PRJEB', 'PRJDB', 'PRJEA', 'PRJDA'].map((prefix) =>
    numbered(INSDC, 'BioProject', 'project', prefix, [1, 10], false),
  ),
  numbered(INSDC, 'BioSample', 'sample', 'SAMN', BIOSAMPLE_DIGITS),
  numbered(INSDC, 'BioSample', 'sample', 'SAMD', BIOSAMPLE_DIGITS),
  numbered(INSDC, 'BioSample', 'sample', 'SAMEA', INSDC_DIGITS),
  numbered(INSDC, 'BioSample', 'sample', 'SAME', INSDC_DIGITS),
  numbered({ ...INSDC, supported: false }, 'BioSamples group', null, 'SAMEG', INSDC_DIGITS),
  ...INSDC_KINDS,
  ...EGA_KINDS,
  ...CHINESE_KINDS,
  numbered(JGA, 'JGA study', 'project', 'JGAS', [6, 12]),
  numbered(JGA, 'JGA dataset', 'dataset', 'JGAD', [6, 12]),
  shaped(JGA, 'JGA record', null, /^JGA[ACNOPRXZ]\d{6,12}$/),
  shaped(
    { archive: 'dbGaP', supported: false, page: 'https://www.ncbi.nlm.nih.gov/gap/?term={id}' },
    'dbGaP study',
    'project',
    /^PHS\d{6}(?:\.V\d+)?(?:\.P\d+)?(?:\.C\d+)?$/,
    true,
  ),
  shaped(
    { archive: 'ArrayExpress', supported: false, page: 'https://www.ebi.ac.uk/biostudies/arrayexpress/studies/{id}' },
    'ArrayExpress experiment',
    'project',
    /^E-[A-Z]{4}-\d+$/,
  ),
  shaped(
    { archive: 'BioStudies', supported: false, page: 'https://www.ebi.ac.uk/biostudies/studies/{id}' },
    'BioStudies study',
    'project',
    /^S-[A-Z]{3}[A-Z0-9-]*\d$/,
  ),
  shaped(
    { archive: 'ENCODE', supported: false, page: 'https://www.encodeproject.org/{id}/' },
    'ENCODE record',
    null,
    /^ENC[A-Z]{2}\d{3}[A-Z]{3}$/,
  ),
  shaped(
    { archive: 'GDC', supported: false, page: 'https://portal.gdc.cancer.gov/' },
    'TCGA barcode',
    null,
    /^TCGA-[0-9A-Z]{2}-[0-9A-Z]{4}(?:-[0-9A-Z]{2,4})*$/,
  ),
  shaped(
    {
      archive: 'HCA, CELLxGENE or GDC',
      supported: false,
      page: 'https://explore.data.humancellatlas.org/projects/{id}',
    },
    'UUID',
    null,
    /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/,
    true,
  ),
  numbered(
    { archive: 'PRIDE', supported: false, page: 'https://www.ebi.ac.uk/pride/archive/projects/{id}' },
    'ProteomeXchange dataset',
    'project',
    'PXD',
    [6, 6],
  ),
  numbered(
    { archive: 'MetaboLights', supported: false, page: 'https://www.ebi.ac.uk/metabolights/{id}' },
    'MetaboLights study',
    'project',
    'MTBLS',
    [1, 6],
    false,
  ),
];

/** The form that an upper-cased text has, or null. */
export function kindOf(upper: string): AccessionKind | null {
  return ACCESSION_KINDS.find((kind) => kind.pattern.test(upper)) ?? null;
}
