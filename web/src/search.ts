// What stands in addresses behind the question mark: filters and selections, so that a link can be shared.

type Given = Record<string, unknown>;

/** A number from 1; undefined for everything else. */
export function numberIn(given: Given, key: string): number | undefined {
  const value = Number(given[key]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

/** A text that is not empty. */
export function textIn(given: Given, key: string): string | undefined {
  const value = given[key];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value); // as the router reads them
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One of the values named. */
export function oneIn<T extends string>(given: Given, key: string, values: readonly T[]): T | undefined {
  return values.find((value) => value === given[key]);
}

/** The texts of these keys, without those that are empty: what a list can be filtered by. */
export function textsIn<K extends string>(...keys: K[]): (given: Given) => Partial<Record<K, string>> {
  return (given) => {
    const found: Partial<Record<K, string>> = {};
    for (const key of keys) {
      const value = textIn(given, key);
      if (value !== undefined) found[key] = value;
    }
    return found;
  };
}
