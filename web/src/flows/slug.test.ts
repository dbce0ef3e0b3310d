import { describe, expect, it } from 'vitest';
import { suggestedSlug } from './slug';

describe('the slug suggested for a name', () => {
  it.each([
    ['Invoice approval', 'invoice-approval'],
    ['  Größe & Preis ', 'groesse-preis'],
    ['Café – Müller’s 2nd', 'cafe-muellers-2nd'],
    ['---', ''],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('%s → %s', (name, slug) => expect(suggestedSlug(name)).toBe(slug));
});
