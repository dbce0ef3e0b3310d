// How a text stands in a definition: as itself, as a template, or as an expression.

export type Written = { as: 'expression' | 'text'; text: string };

/** What a person sees of a string of the definition: without the sign of an expression, or of a literal `=`. */
export function shown(value: string): Written {
  if (value.startsWith('==')) return { as: 'text', text: value.slice(1) };
  return value.startsWith('=') ? { as: 'expression', text: value.slice(1) } : { as: 'text', text: value };
}

/** The string of the definition for what a person typed: a first `=` makes an expression of an ordinary text. */
export function typed(before: Written, text: string): string {
  if (before.as === 'expression') return `=${text}`;
  return text.startsWith('=') && before.text.startsWith('=') ? `=${text}` : text;
}

/** The same words as the other kind. */
export function turned(value: string): string {
  const { as, text } = shown(value);
  if (as === 'text') return `=${text.trim() === '' ? '' : quotable(text)}`;
  const literal = /^"(?:[^"\\]|\\["\\/bfnrt])*"$/.test(text) ? (JSON.parse(text) as string) : text;
  return literal.startsWith('=') ? `=${literal}` : literal;
}

/** A text that reads as an expression stays one; a sentence becomes a string in it. */
function quotable(text: string): string {
  return /^[\w.()[\]"' +*/%<>=!,-]*$/.test(text) && /^[a-z_][\w]*([.[(]|$)|^\d/i.test(text)
    ? text
    : JSON.stringify(text);
}

/** Whether a caret stands inside `{{ … }}`. */
export function inTemplate(text: string, offset: number): boolean {
  const before = text.slice(0, offset);
  return before.lastIndexOf('{{') > before.lastIndexOf('}}');
}

/** How many characters the string of the definition has before what is shown. */
export function hiddenBefore(value: string): number {
  return value.startsWith('=') ? 1 : 0;
}
