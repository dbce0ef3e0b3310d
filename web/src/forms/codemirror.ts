// How CodeMirror is set up here: languages, colours, completion and types from the server, marks of problems.
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorState, Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  hoverTooltip,
  keymap,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import type { CodeMark } from './CodeEditor';
import { inTemplate } from './expressions';
import type { Hints } from './hints';

/** `expression` is Python on its own; `text` is a text in which `{{ … }}` may stand. */
export type Language = 'python' | 'json' | 'yaml' | 'expression' | 'text';
type Ask = (offset: number, signal: AbortSignal) => Promise<Hints | null>;
type SetUp = {
  label: string;
  ask: Ask;
  /** What texts of their own have beside: a grammar, line numbers, search (whole.ts). */
  whole?: Extension;
};

const KINDS = { name: 'variable', field: 'property', function: 'function', method: 'method' } as const;
const HOVER_MS = 300;

export function setUp(language: Language, { label, ask, whole }: SetUp): Extension[] {
  const hinted = [autocompletion({ override: [completing(language, ask)], icons: false }), meaning(language, ask)];
  return [
    whole ?? [hinted, language === 'expression' ? python() : templates],
    history(),
    drawSelection(),
    language === 'text' ? [] : [bracketMatching(), closeBrackets()],
    indentUnit.of(language === 'python' ? '    ' : '  '),
    syntaxHighlighting(classHighlighter),
    EditorView.lineWrapping,
    keymap.of([...completionKeymap, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.theme({
      '&': { fontSize: '13px', backgroundColor: 'transparent', color: 'var(--text)' },
      '&.cm-focused': { outline: 'none' },
      '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
      '.cm-content': { caretColor: 'var(--text)' },
      '.cm-cursor': { borderLeftColor: 'var(--text)' },
      '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--quiet)', border: 'none' },
      '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
        backgroundColor: 'light-dark(#cfe3f4, #17476b)',
      },
    }),
  ];
}

const template = Decoration.mark({ class: 'tok-template' });
const templateMatcher = new MatchDecorator({ regexp: /\{\{.*?\}\}/g, decoration: () => template });
const templates = ViewPlugin.define(
  (view) => ({
    marks: templateMatcher.createDeco(view),
    update(update: ViewUpdate) {
      this.marks = templateMatcher.updateDeco(update, this.marks);
    },
  }),
  { decorations: (plugin) => plugin.marks },
);

/** A list of what fits at the caret; it stays good while the word grows, so the server is asked once a word. */
function completing(language: Language, ask: Ask) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    if (language === 'text' && !inTemplate(text, context.pos)) return null;
    if (!context.explicit && !context.matchBefore(/[\w.["'{ ]$/)) return null;
    const stopped = new AbortController();
    context.addEventListener('abort', () => stopped.abort());
    const hints = await ask(context.pos, stopped.signal);
    if (!hints || context.aborted || hints.items.length === 0) return null;
    if (!context.explicit && hints.from === context.pos && !/[.["']$/.test(text.slice(0, context.pos))) return null;
    const options = hints.items.map(({ label, kind, type, about }) => ({
      label,
      type: KINDS[kind],
      detail: type,
      info: about || undefined,
      boost: kind === 'method' ? -1 : kind === 'function' ? 0 : 1,
      apply: kind === 'function' ? `${label}(` : undefined,
    }));
    return { from: Math.max(0, hints.from), options, validFor: /^[\w-]*$/ };
  };
}

/** The type of what the pointer rests on. */
function meaning(language: Language, ask: Ask): Extension {
  return hoverTooltip(
    async (view, pos) => {
      if (language === 'text' && !inTemplate(view.state.doc.toString(), pos)) return null;
      const hover = (await ask(pos, new AbortController().signal))?.hover;
      if (!hover) return null;
      const length = view.state.doc.length;
      const dom = document.createElement('div');
      dom.className = 'code-hover';
      dom.append(element('code', `${hover.text}: ${hover.type}`));
      if (hover.about) dom.append(element('p', hover.about));
      return {
        pos: Math.min(Math.max(0, hover.from), length),
        end: Math.min(Math.max(0, hover.to), length),
        above: true,
        create: () => ({ dom }),
      };
    },
    { hoverTime: HOVER_MS },
  );
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Underlines what is wrong: from its column to the end of the word there, or the whole where no place is known. */
export function marking(state: EditorState, marks: readonly CodeMark[]) {
  const { doc } = state;
  const diagnostics = marks.map((mark): Diagnostic => {
    const severity = 'error' as const;
    if (!mark.line) return { from: 0, to: doc.length, severity, message: mark.message };
    const line = doc.line(Math.min(mark.line, doc.lines));
    const indent = mark.column ? mark.column - 1 : (/\S/.exec(line.text)?.index ?? 0);
    const from = Math.min(line.from + Math.max(0, indent), line.to);
    const rest = doc.sliceString(from, line.to);
    const length = mark.column ? (/^[\w.]+|^./.exec(rest)?.[0].length ?? 0) : rest.trimEnd().length;
    return { from, to: Math.max(from, from + length), severity, message: mark.message };
  });
  return setDiagnostics(state, diagnostics);
}
