// Whether two JSON values are the same: the order of keys says nothing, the digits of a number do.
import { rawDigits } from '../api/exact_json';

export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const digits = rawDigits(one);
  if (digits !== undefined) return digits === rawDigits(other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]));
}
