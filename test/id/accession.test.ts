import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAccession, refusalReason, unsupportedReason } from '../../src/id/accession.ts';
import { ACCESSION_KINDS } from '../../src/id/accession-kinds.ts';

function known(text: string): { id: string; archive: string; kind: string; level: string | null; supported: boolean } {
  const reading = readAccession(text);
  if (!reading.ok) throw new Error(`${text} was refused: ${reading.reason}`);
  const { id, archive, kind, level, supported } = reading;
  return { id, archive, kind, level, supported };
}

function refused(text: string): string {
  const reading = readAccession(text);
  if (reading.ok) throw new Error(`${text} was read as ${reading.kind} ${reading.id}`);
  return refusalReason(reading);
}

describe('accessions that the built-in handlers fetch', () => {
  test.each([
    ['GSE52778', 'GEO', 'project'],
    ['GSM1', 'GEO', 'sample'],
    ['GSM1234567890', 'GEO', 'sample'],
    ['GPL570', 'GEO', 'platform'],
    ['PRJNA229998', 'INSDC', 'project'],
    ['PRJEB1', 'INSDC', 'project'],
    ['PRJDB4000', 'INSDC', 'project'],
    ['PRJEA38027', 'INSDC', 'project'],
    ['PRJDA38027', 'INSDC', 'project'],
    ['SRP033351', 'INSDC', 'project'],
    ['ERP000001', 'INSDC', 'project'],
    ['DRP000595', 'INSDC', 'project'],
    ['SRX384345', 'INSDC', 'experiment'],
    ['ERX000001', 'INSDC', 'experiment'],
    ['DRX000001', 'INSDC', 'experiment'],
    ['SRS508568', 'INSDC', 'sample'],
    ['ERS000001', 'INSDC', 'sample'],
    ['DRS001521', 'INSDC', 'sample'],
    ['SRR1039508', 'INSDC', 'run'],
    ['ERR000001', 'INSDC', 'run'],
    ['DRR000001', 'INSDC', 'run'],
    ['SRA000001', 'INSDC', 'submission'],
    ['ERA000001', 'INSDC', 'submission'],
    ['DRA000001', 'INSDC', 'submission'],
    ['SAMN02422669', 'INSDC', 'sample'],
    ['SAMEA103887543', 'INSDC', 'sample'],
    ['SAME123456', 'INSDC', 'sample'],
    ['SAMD00004104', 'INSDC', 'sample'],
  ])('%s is of %s, a %s', (text, archive, level) => {
    expect(known(text)).toMatchObject({ id: text, archive, level, supported: true });
  });
});

describe('accessions that are known by name only', () => {
  test.each([
    ['GDS507', 'GEO'],
    ['SRZ190806', 'INSDC'],
    ['ERZ000001', 'INSDC'],
    ['SAMEG319720', 'INSDC'],
    ['EGAD00001000001', 'EGA'],
    ['EGAS00001000001', 'EGA'],
    ['EGAN00001000001', 'EGA'],
    ['EGAF00001000001', 'EGA'],
    ['EGAX00001000001', 'EGA'],
    ['EGAR00001000001', 'EGA'],
    ['phs000424', 'dbGaP'],
    ['phs000424.v9.p2', 'dbGaP'],
    ['CRA000112', 'GSA (CNCB-NGDC)'],
    ['CRX020217', 'GSA (CNCB-NGDC)'],
    ['CRR029002', 'GSA (CNCB-NGDC)'],
    ['PRJCA000126', 'GSA (CNCB-NGDC)'],
    ['SAMC012345', 'GSA (CNCB-NGDC)'],
    ['HRA000021', 'GSA-Human (CNCB-NGDC)'],
    ['CNP0000405', 'CNGBdb (CNGB)'],
    ['CNX0000001', 'CNGBdb (CNGB)'],
    ['JGAS000001', 'JGA (DDBJ)'],
    ['JGAD000001', 'JGA (DDBJ)'],
    ['ENCSR715QTV', 'ENCODE'],
    ['ENCFF000AAA', 'ENCODE'],
    ['E-MTAB-1160', 'ArrayExpress'],
    ['E-GEOD-37590', 'ArrayExpress'],
    ['S-BSST123', 'BioStudies'],
    ['S-EPMC3384012', 'BioStudies'],
    ['TCGA-02-0001-01C', 'GDC'],
    ['cddd61a9-8f2a-4b1c-9d3e-0a1b2c3d4e5f', 'HCA, CELLxGENE or GDC'],
    ['PXD000001', 'PRIDE'],
    ['MTBLS1', 'MetaboLights'],
  ])('%s is of %s, and is told where to ask', (text, archive) => {
    expect(known(text)).toMatchObject({ id: text, archive, supported: false });
    const reading = readAccession(text);
    expect(reading.ok && unsupportedReason(reading)).toMatch(
      new RegExp(`${archive.replace(/[()]/g, '\\$&')}.*https://`),
    );
  });
});

test.each([
  ['gsm5764259', 'GSM5764259'],
  ['  GSM1\t', 'GSM1'],
  ['GSM1\r\n', 'GSM1'],
  ['\uFEFFGSM1', 'GSM1'],
  ['GSM\u200B1', 'GSM1'],
  ['"GSM1"', 'GSM1'],
  ['“GSM1”,', 'GSM1'],
  ["'srr1039508';", 'SRR1039508'],
  ['\u00A0GSM1\u00A0', 'GSM1'],
  ['e-mtab-1160', 'E-MTAB-1160'],
  ['PHS000424', 'phs000424'],
])('%j is understood as %s', (text, id) => {
  expect(known(text).id).toBe(id);
});

describe('000-04: what is no accession is refused with the nearest form', () => {
  test.each([
    ['', 'empty'],
    ['  \t', 'empty'],
    ['GSM57642x', 'letters after the digits; did you mean GSM57642?'],
    ['SRR1039508.1', 'a version after the digits; did you mean SRR1039508?'],
    ['SRR123', '3 digits, needs at least 6'],
    ['SAMN123456', '6 digits, needs at least 8'],
    ['SRR1', '1 digit, needs at least 6'],
    ['GSM12345678901', '11 digits, has at most 10'],
    ['GSM0', 'numbers of a GEO sample begin at 1'],
    ['GSM01', 'numbers of a GEO sample have no leading zero; did you mean GSM1?'],
    ['GSM', 'no digits after GSM'],
    ['GMS123', 'no accession begins with GMS; did you mean GSM123?'],
    ['SRRR1039508', 'no accession begins with SRRR; did you mean SRR1039508?'],
    ['PRJN229998', 'no accession begins with PRJN; did you mean PRJNA229998?'],
    // One letter is wrong, but SRR, SRX, SRS, SRP, … are equally near: no guess.
    ['SRQ1039508', 'no accession begins with SRQ'],
    ['GSM 123', 'a blank inside; did you mean GSM123?'],
    ['GSM-123', 'a mark inside; did you mean GSM123?'],
    ['GSM57642O9', 'letters among the digits; did you mean GSM5764209?'],
    ['SRRl039508', 'letters among the digits; did you mean SRR1039508?'],
    ['5764259', 'digits only; an accession begins with letters, as in GSM or SRR'],
    [
      'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM5764259',
      'an address, not an accession; did you mean GSM5764259?',
    ],
    ['https://www.ebi.ac.uk/biostudies/studies/E-MTAB-1160', 'an address, not an accession; did you mean E-MTAB-1160?'],
    ['SRR1039508_1.fastq.gz', 'more than an accession; did you mean SRR1039508?'],
    ['GSM1|GSM2', '2 accessions in one id; did you mean GSM1?'],
    ['liver', 'no form of accession that celline knows'],
    ['CUSTOM12345', 'no accession begins with CUSTOM'],
    ['GSM٥٧٦', 'a digit that is not 0 to 9: "٥" (U+0665); did you mean GSM576?'],
    ['ＧＳＭ576', 'a character that no accession has: "Ｇ" (U+FF27); did you mean GSM576?'],
    ['GЅM576', 'a character that no accession has: "Ѕ" (U+0405); did you mean GSM576?'],
    ['GſM576', 'a character that no accession has: "ſ" (U+017F); did you mean GSM576?'],
    ['GSM576\u0000', 'a character that no accession has: U+0000'],
  ])('%j: %s', (text, reason) => {
    expect(refused(text)).toBe(reason);
  });
});

test('the nearest form is always an accession itself, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[GSEMRPLXDJNA]{1,6}[-_ .]?[0-9OIl]{0,13}[a-zA-Z]?$/),
      ),
      (text) => {
        const reading = readAccession(text);
        const id = reading.ok ? reading.id : reading.nearest;
        if (id === null) return true;
        const again = readAccession(id);
        return again.ok && again.id === id;
      },
    ),
    { numRuns: 2000 },
  );
});

test('every kind with a prefix takes its fewest and most digits, and neither fewer nor more', () => {
  for (const { prefix, digits } of ACCESSION_KINDS) {
    if (prefix === null) continue;
    const [fewest, most] = digits;
    for (const length of [fewest, most])
      expect(known(prefix + '1'.repeat(length)).id).toHaveLength(prefix.length + length);
    for (const length of [fewest - 1, most + 1]) expect(refused(prefix + '1'.repeat(length))).toMatch(/digit/);
  }
});

test('a text of a million characters is refused', () => {
  expect(refused(`GSM${'1'.repeat(1_000_000)}`)).toMatch(/digits/);
  expect(refused(`${'GSM '.repeat(250_000)}`)).toBeTruthy();
});
