import { attribute, content, elements, startTags, text } from '../handlers/plain-reading.ts';
import { listsOf } from './plain-package.ts';

/** The columns of a sample without runs as its BioSample record states them. */
export function expectedBioSample(source: string): Record<string, unknown> {
  const description = elements(source, 'Description')[0] ?? '';
  const organism = startTags(description, 'Organism')[0] ?? '';
  const paragraphs = elements(elements(description, 'Comment')[0] ?? '', 'Paragraph').map((one) =>
    text(one, 'Paragraph'),
  );
  const taxon = attribute(organism, 'taxonomy_id');
  const access = attribute(source, 'access');
  const name = attribute(organism, 'taxonomy_name') ?? text(description, 'OrganismName');
  return {
    title: text(description, 'Title'),
    organism: name,
    species: taxon === null ? null : name,
    taxon_id: taxon === null ? null : Number(taxon),
    description: paragraphs.filter(Boolean).join('\n') || null,
    attributes: listsOf(
      elements(elements(source, 'Attributes')[0] ?? '', 'Attribute').flatMap((one) => {
        const tag = attribute(one, 'attribute_name') ?? '';
        const unit = attribute(one, 'unit');
        const value: [string, string | null] = [tag, content(one, 'Attribute') ?? ''];
        return unit === null ? [value] : [value, [`${tag} [unit]`, unit] as [string, string]];
      }),
    ),
    date: attribute(source, 'publication_date')?.slice(0, 10) ?? null,
    access: /controlled/.test(access ?? '') ? 'controlled' : access,
    children: null,
  };
}
