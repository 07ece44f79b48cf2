import { describe, expect, test } from 'vitest';
import { findCellType, findTissue } from '../../../handlers/library/find-by-attribute.ts';

describe('tissue', () => {
  test.each([
    [{ tissue: ['liver'] }, 'liver'],
    [{ Tissue: ['Liver'] }, 'Liver'],
    [{ TISSUE_TYPE: ['lung tumor'] }, 'lung tumor'],
    [{ OrganismPart: ['breast'] }, 'breast'],
    [{ 'organism part': ['root (EFO_0000989)'] }, 'root (EFO_0000989)'],
    [{ organism_part: ['shoot'] }, 'shoot'],
    [{ organ: ['heart'] }, 'heart'],
    [{ 'body site': ['tongue'] }, 'tongue'],
    [{ 'tissue/cell type': ['islet'] }, 'islet'],
    [{ 'tissue source': ['biopsy of colon'] }, 'biopsy of colon'],
    [{ isolation_source: ['urine'] }, 'urine'],
    [{ 'isolation-source': ['missing'], host_tissue_sampled: ['nasopharynx'] }, 'nasopharynx'],
    [{ organ: ['brain'], tissue: ['cortex'] }, 'cortex'],
    [{ tissue: ['missing'], 'organism part': ['liver'] }, 'liver'],
    [{ tissue: ['brain', 'brain'] }, 'brain'],
    [{ tissue: ['brain', 'not applicable', 'liver'] }, 'brain, liver'],
  ])('%j is %j', (attributes: Record<string, readonly string[]>, tissue) => {
    expect(findTissue(attributes)).toBe(tissue);
  });

  test.each([
    'missing',
    'Not Collected',
    'not applicable',
    'N/A',
    'na',
    'none',
    '-',
    '',
    ' ',
    'missing: control sample',
    'unknown',
  ])('the placeholder %j is no tissue', (placeholder) => {
    expect(findTissue({ tissue: [placeholder] })).toBeNull();
  });

  test.each(['source_name', 'flagbothtissues', 'tissuebank', 'organism', 'source_ontology', 'cell type'])(
    '%s does not name the tissue',
    (name) => {
      expect(findTissue({ [name]: ['brain'] })).toBeNull();
    },
  );

  test('no attributes, no tissue', () => {
    expect(findTissue(null)).toBeNull();
    expect(findTissue({ tissue: [] })).toBeNull();
  });
});

describe('cell type', () => {
  test.each([
    [{ 'cell type': ['Primary B cells'] }, 'Primary B cells'],
    [{ cell_type: ['tumor cell'] }, 'tumor cell'],
    [{ CellType: ['neuron'] }, 'neuron'],
    [{ celltype: ['neuron'] }, 'neuron'],
    [{ 'cell subset': ['CD4+'] }, 'CD4+'],
    [{ 'cell population': ['GFP+'], 'cell type': ['monocyte'] }, 'monocyte'],
  ])('%j is %j', (attributes: Record<string, readonly string[]>, cellType) => {
    expect(findCellType(attributes)).toBe(cellType);
  });

  test.each(['cell line', 'cell_line', 'CellLine', 'number of cells', 'tissue'])('%s is no cell type', (name) => {
    expect(findCellType({ [name]: ['K562'] })).toBeNull();
  });
});
