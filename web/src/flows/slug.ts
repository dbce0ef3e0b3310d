// A name for addresses, suggested from a name for people.

const LONGEST = 63;

/** Small letters, digits and hyphens: "Größe & Preis" → "groesse-preis". Empty when nothing of the name can stay. */
export function suggestedSlug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' })[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
}
