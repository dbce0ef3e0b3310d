// The editor of a flow: outline, canvas, the panel of what is selected, the definition as text, problems, trying.
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { versionQuery } from '../api/queries';
import { ErrorBox, Loading } from '../components/States';
import { useFlow } from '../flow/FlowContext';
import { VersionBanner } from '../flow/VersionBanner';
import { Canvas } from './Canvas';
import { type Definition, useEditor } from './document';
import './editor.css';
import { EditorDesk } from './EditorDesk';
import { Outline } from './Outline';
import { StepFacts } from './StepFacts';

export function EditorPage() {
  const { asked } = useFlow();
  return asked ? <ShownVersion /> : <Work />;
}

/** What this workspace works with, or the unsaved text upon it. */
function Work() {
  const { flow, workspace, works } = useFlow();
  const editor = useEditor(flow.slug, workspace);
  const { step } = useSearch({ from: '/shell/flows/$flow/' });
  const wanted = works ?? 0;
  const isFresh = editor.base === works || editor.dirty;
  const { data, error, refetch } = useQuery({ ...versionQuery(flow.slug, wanted), enabled: wanted > 0 && !isFresh });
  const { load, select } = editor;
  useEffect(() => {
    if (data && !isFresh) load(data.definition as Definition, data.number);
  }, [data, isFresh, load]);
  useEffect(() => {
    if (step !== undefined) select(step);
  }, [step, select]);
  if (error && !isFresh) return <ErrorBox error={error} retry={() => void refetch()} />;
  if (!isFresh) return <Loading label="Loading the definition" />;
  return <EditorDesk editor={editor} flow={flow.slug} workspace={workspace} />;
}

const NONE = new Map<string, number>();
const NOTHING: ReadonlySet<string> = new Set();

/** A version to look at: any step can be selected, none changed (R9). */
function ShownVersion() {
  const { flow, shown, workspace } = useFlow();
  const { step } = useSearch({ from: '/shell/flows/$flow/' });
  const { data, error, isPending, refetch } = useQuery(versionQuery(flow.slug, shown ?? 0));
  const [selected, select] = useState<string | null>(step ?? null);
  const definition = data?.definition as Definition | undefined;
  const outline = useMemo(
    () =>
      definition && (
        <Outline
          definition={definition}
          folded={NOTHING}
          selected={selected}
          onSelect={select}
          onFold={() => undefined}
          onKey={() => undefined}
          problems={NONE}
        />
      ),
    [definition, selected],
  );
  return (
    <div className="editor-shown">
      <VersionBanner />
      {isPending && <Loading label="Loading the version" />}
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {definition && (
        <div className="editor">
          <nav className="editor-side" aria-label="Steps">
            {outline}
          </nav>
          <section className="editor-stage" aria-label={`Version ${shown}, read only`}>
            <Canvas definition={definition} selected={selected} onSelect={select} />
          </section>
          {selected && (
            <StepFacts
              flow={flow.slug}
              workspace={workspace}
              definition={definition}
              id={selected}
              close={() => select(null)}
            />
          )}
        </div>
      )}
    </div>
  );
}
