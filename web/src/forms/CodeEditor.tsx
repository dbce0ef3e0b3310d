// CodeMirror for code, YAML, JSON, expressions and templates; loaded when a first field needs it.
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { type Language, marking, setUp } from './codemirror';
import type { Hints } from './hints';

export type CodeMark = { message: string; line?: number | null; column?: number | null; to?: number };
export type CodeEditorProps = {
  value: string;
  onChange: (next: string) => void;
  language: Language;
  label: string;
  disabled?: boolean;
  marks?: readonly CodeMark[];
  /** Completion and types at an offset of the text. */
  ask?: (offset: number, signal: AbortSignal) => Promise<Hints | null>;
  onFocus?: () => void;
  onBlur?: () => void;
  /** A line (from 1) to show and to put the caret on; a new object shows it again. */
  goTo?: { line: number } | null;
};

export default function CodeEditor(props: CodeEditorProps & { whole?: Extension }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { value, language, label, disabled = false, marks, goTo, whole } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor holds the text once it is made
  useEffect(() => {
    const made = new EditorView({
      parent: host.current as HTMLDivElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          ...setUp(language, {
            label,
            whole,
            ask: (...at) => latest.current.ask?.(...at) ?? Promise.resolve(null),
          }),
          EditorState.readOnly.of(disabled),
          EditorView.editable.of(!disabled),
          EditorView.updateListener.of((update) => {
            const text = update.state.doc.toString();
            if (update.docChanged && text !== latest.current.value) latest.current.onChange(text);
            if (update.focusChanged) (update.view.hasFocus ? latest.current.onFocus : latest.current.onBlur)?.();
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [language, disabled, label, whole]);

  useEffect(() => {
    const state = view.current?.state;
    if (state && state.doc.toString() !== value)
      view.current?.dispatch({ changes: { from: 0, to: state.doc.length, insert: value } });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed text has the marks' places changed
  useEffect(() => {
    const state = view.current?.state;
    if (state) view.current?.dispatch(marking(state, marks ?? []));
  }, [marks, value, language, disabled]);

  useEffect(() => {
    const made = view.current;
    if (!goTo || !made) return;
    const line = made.state.doc.line(Math.min(Math.max(1, goTo.line), made.state.doc.lines));
    made.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) });
    made.focus();
  }, [goTo]);

  return <div className="code-editor" data-language={language} ref={host} />;
}
