// CodeMirror for a text of its own; apart from that of single fields, which needs less and loads sooner.
import { useMemo } from 'react';
import CodeEditor, { type CodeEditorProps } from './CodeEditor';
import { wholeText } from './whole';

export default function WholeEditor(props: CodeEditorProps) {
  const { language } = props;
  const whole = useMemo(() => wholeText(language), [language]);
  return <CodeEditor {...props} whole={whole} />;
}
