// Two texts side by side with what changed between them; CodeMirror, loaded when it is first shown.
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

const LANGUAGES: Record<string, () => Extension> = { json, python, yaml, text: () => [] };

type Props = {
  from: string;
  to: string;
  fromLabel: string;
  toLabel: string;
  language?: 'json' | 'python' | 'yaml' | 'text';
};

export default function MergeText({ from, to, fromLabel, toLabel, language = 'text' }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [
        lineNumbers(),
        LANGUAGES[language]?.() ?? [],
        syntaxHighlighting(classHighlighter),
        EditorState.readOnly.of(true),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      ],
    });
    const view = new MergeView({
      parent: host.current as HTMLDivElement,
      a: side(from, fromLabel),
      b: side(to, toLabel),
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    return () => view.destroy();
  }, [from, to, fromLabel, toLabel, language]);
  return (
    <div className="merge">
      <div className="merge-heads">
        <span>{fromLabel}</span>
        <span>{toLabel}</span>
      </div>
      <div className="merge-text" ref={host} />
    </div>
  );
}
