// JSON as the server wrote it: numbers that JavaScript cannot hold exactly (2^64, 1.0) keep their digits.

type WithSource = { source?: string };
type RawJson = { rawJSON: string };
type ExactJson = typeof JSON & { rawJSON?: (text: string) => unknown; isRawJSON?: (value: unknown) => boolean };

const exact = JSON as ExactJson;

/** The digits of a number that was kept as it was written; undefined for everything else. */
export function rawDigits(value: unknown): string | undefined {
  return exact.isRawJSON?.(value) ? (value as RawJson).rawJSON : undefined;
}

/** A number from its digits, exact where the browser can keep it so. */
export function numberOf(digits: string): unknown {
  const value = Number(digits);
  return String(value) === digits || !exact.rawJSON ? value : exact.rawJSON(digits);
}

export function parseExact(text: string): unknown {
  if (!exact.rawJSON) return JSON.parse(text);
  const keep = (_key: string, value: unknown, context?: WithSource) =>
    typeof value === 'number' && context?.source !== undefined ? numberOf(context.source) : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}
