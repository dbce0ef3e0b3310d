// The Editor tab: the working document of a workspace, or an earlier version that is only looked at.
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { versionQuery } from '../api/queries';
import { ErrorBox, Loading } from '../components/States';
import { useFlow } from '../flow/FlowContext';
import { VersionBanner } from '../flow/VersionBanner';
import { type Definition, useEditor } from './document';
import './editor.css';
import { type Problems, useProblems } from './problems';
import { Recovered } from './Recovered';
import { useTry } from './trying';
import { useEditing } from './useEditing';
import { Workbench } from './Workbench';

export function EditorPage() {
  const { flow, workspace, asked, shown } = useFlow();
  const of = `${flow.slug} ${workspace}`;
  return asked && shown !== null ? <Earlier key={`${of} ${shown}`} number={shown} /> : <Working key={of} />;
}

function Working() {
  const { flow, workspace, works } = useFlow();
  const editor = useEditor(flow.slug, workspace);
  const { definition, selected, base, dirty, change, select, load } = editor;
  const fresh = works !== null && base !== works && !dirty;
  const version = useQuery({ ...versionQuery(flow.slug, works ?? 0), enabled: fresh });
  const found = fresh ? version.data : undefined;
  useEffect(() => {
    if (found) load(found.definition as Definition, found.number);
  }, [found, load]);
  const search = useSearch({ from: '/shell/flows/$flow/' });
  const wanted = search.step;
  useEffect(() => {
    if (wanted && !fresh) select(wanted);
  }, [wanted, fresh, select]);

  const problems = useProblems(flow.slug, fresh ? '' : workspace, definition);
  const trying = useTry(flow.slug, workspace);
  const editing = useEditing(editor);
  if (fresh && version.error) return <ErrorBox error={version.error} retry={() => void version.refetch()} />;
  if (fresh) return <Loading label="Loading the definition" />;
  return (
    <Workbench
      flow={flow.slug}
      workspace={workspace}
      definition={definition}
      selected={selected}
      onSelect={select}
      problems={problems}
      work={{ editor, editing, trying, change, fromRun: search.run }}
      above={<Recovered editor={editor} />}
    />
  );
}

const NO_PROBLEMS: Problems = { problems: [], checking: false, error: null, byStep: new Map(), at: () => [] };

function Earlier({ number }: { number: number }) {
  const { flow, workspace } = useFlow();
  const { data, error, refetch } = useQuery(versionQuery(flow.slug, number));
  const { step } = useSearch({ from: '/shell/flows/$flow/' });
  const [selected, select] = useState<string | null>(step ?? null);
  return (
    <div className="editor-earlier">
      <VersionBanner />
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading label={`Loading version ${number}`} />}
      {data && (
        <Workbench
          flow={flow.slug}
          workspace={workspace}
          definition={data.definition as Definition}
          selected={selected}
          onSelect={select}
          problems={NO_PROBLEMS}
        />
      )}
    </div>
  );
}
