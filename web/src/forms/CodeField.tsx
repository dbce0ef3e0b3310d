// A field for code, YAML or JSON: CodeMirror once it is loaded, a plain text box until then.
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './CodeEditor';
import './forms.css';

const CodeEditor = lazy(() => import('./CodeEditor'));
const WholeEditor = lazy(() => import('./WholeEditor'));

type Props = CodeEditorProps & {
  /** `field` grows with its text; `fill` takes the height there is. */
  size?: 'field' | 'fill';
  invalid?: boolean;
};

export function CodeField({ size = 'field', invalid = false, ...props }: Props) {
  const whole = props.language !== 'expression' && props.language !== 'text';
  return (
    <div
      className={`code-field code-field-${size}`}
      data-invalid={invalid || undefined}
      data-disabled={props.disabled || undefined}
    >
      <Suspense
        fallback={
          <textarea
            className="code-plain"
            aria-label={props.label}
            value={props.value}
            readOnly={props.disabled}
            spellCheck={false}
            rows={Math.min(12, props.value.split('\n').length)}
            onFocus={props.onFocus}
            onBlur={props.onBlur}
            onChange={(event) => props.onChange(event.target.value)}
          />
        }
      >
        {whole ? <WholeEditor {...props} /> : <CodeEditor {...props} />}
      </Suspense>
    </div>
  );
}
