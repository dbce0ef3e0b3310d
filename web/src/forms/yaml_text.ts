// A value as YAML and back: every digit of a number stays, and each JSON pointer is known by its line.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
} from 'yaml';
import { numberOf, rawDigits } from '../api/exact_json';
import { keysOf, under } from './places';

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const INTEGER = /^[-+]?(0[xX][\da-fA-F]+|0o[0-7]+|\d+)$/;
/** More than any definition has; a document of aliases of aliases ends here. */
const MOST_NODES = 200_000;

export type YamlMark = { line: number; column: number; message: string };
export type YamlRead = {
  /** Undefined when the text is not YAML, or says something that JSON cannot. */
  value: unknown;
  errors: YamlMark[];
  /** Line (from 1) of the value at a pointer, or of the nearest value around it. */
  lineOf: (pointer: string) => number;
  /** Pointer of the innermost value at a line. */
  pointerAt: (line: number) => string;
};

/** A number that JavaScript cannot hold, written with its own digits. */
const exactNumber = {
  tag: 'tag:yaml.org,2002:float',
  default: true as const,
  identify: (value: unknown) => rawDigits(value) !== undefined,
  test: /^(?!)/,
  resolve: Number,
  stringify: (item: Scalar) => rawDigits(item.value) ?? String(item.value),
};

export function toYaml(value: unknown): string {
  if (value === undefined) return '';
  return stringify(value, {
    customTags: (tags) => [exactNumber, ...tags],
    aliasDuplicateObjects: false,
    lineWidth: 0,
    schema: 'core',
  });
}

export function readYaml(text: string): YamlRead {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', merge: false });
  const mark = (offset: number, message: string): YamlMark => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const errors = document.errors.map((error) => mark(error.pos[0], error.message));
  const line = (offset: number) => Math.max(1, lines.linePos(offset).line);
  let value: unknown;
  if (errors.length === 0) {
    const reader = new Reader(document, (node, message) => errors.push(mark(node?.range?.[0] ?? 0, message)));
    value = reader.read(document.contents);
  }
  const places = placesOf(document, line);
  return {
    value: errors.length > 0 ? undefined : value,
    errors,
    lineOf: (pointer) => nearest(places, pointer),
    pointerAt: (at) => innermost(places, at),
  };
}

class Reader {
  private left = MOST_NODES;

  constructor(
    private readonly document: Document.Parsed,
    private readonly refuse: (node: Node | null, message: string) => void,
  ) {}

  read(node: unknown): unknown {
    if (--this.left < 0) return this.no(null, 'The document is too large.');
    if (isAlias(node)) return this.read(node.resolve(this.document));
    if (isMap(node)) return Object.fromEntries(node.items.map((pair) => [this.key(pair), this.read(pair.value)]));
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    if (isScalar(node)) return this.scalar(node);
    return null;
  }

  private key(pair: Pair): string {
    const { key } = pair;
    if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    return this.no(key as Node, 'A key must be a text.') ?? '';
  }

  private scalar(node: Scalar): unknown {
    const { value, source = '' } = node;
    if (typeof value === 'number') {
      if (JSON_NUMBER.test(source)) return numberOf(source);
      if (!Number.isFinite(value)) return this.no(node, 'JSON has no such number.');
      return INTEGER.test(source)
        ? numberOf(BigInt(source.replace(/^[-+]/, '')).toString().replace(/^/, sign(source)))
        : value;
    }
    if (value === undefined || value === null) return null;
    return typeof value === 'object' ? this.no(node, 'This kind of value cannot stand in a definition.') : value;
  }

  private no(node: Node | null, message: string): undefined {
    this.refuse(node, message);
    return undefined;
  }
}

function sign(source: string): string {
  return source.startsWith('-') ? '-' : '';
}

/** The first and last line of each value, outer ones before inner ones. */
function placesOf(document: Document, line: (offset: number) => number): Map<string, [number, number]> {
  const places = new Map<string, [number, number]>();
  const add = (pointer: string, node: unknown, from?: unknown) => {
    if (places.size > MOST_NODES) return;
    const range = (node as Node | null)?.range ?? (from as Node | null)?.range;
    const start = (from as Node | null)?.range?.[0] ?? range?.[0] ?? 0;
    places.set(pointer, [line(start), line(Math.max(start, (range?.[1] ?? start + 1) - 1))]);
    if (isMap(node)) for (const { key, value } of node.items) add(under(pointer, nameOf(key)), value, key);
    if (isSeq(node)) node.items.forEach((item, index) => void add(under(pointer, index), item));
  };
  add('', document.contents);
  return places;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(typeof key.value === 'string' ? key.value : (key.source ?? key.value)) : '';
}

function nearest(places: Map<string, [number, number]>, pointer: string): number {
  for (let keys = keysOf(pointer); ; keys = keys.slice(0, -1)) {
    const found = places.get(keys.reduce(under, ''));
    if (found) return found[0];
    if (keys.length === 0) return 1;
  }
}

function innermost(places: Map<string, [number, number]>, at: number): string {
  let found = '';
  for (const [pointer, [first, last]] of places) if (first <= at && at <= last) found = pointer;
  return found;
}
