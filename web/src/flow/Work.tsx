// The person's work on a flow: the text, the revision it rests on, and how a change is sent, refused and decided again.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useRef, useState } from 'react';
import { ApiProblem, hasCode } from '../api/problem';
import { flowQuery, versionQuery } from '../api/queries';
import { refused } from '../components/notices';
import { type Definition, type Editor, useEditor } from '../editor/document';
import { type Aside, setAside } from './aside';
import { useFlow } from './FlowContext';
import { type Seen, useSeen } from './useSeen';

/** A change: sent with the revision the person saw; answers with the flow's revision after it, when it knows. */
export type Act<T> = {
  what: string;
  call: (revision: number) => Promise<T>;
  revision?: (answer: T) => number;
  /** Takes a refusal itself; false leaves it to the page. */
  refused?: (error: unknown) => boolean;
};
export type Refusal = { what: string; problem: ApiProblem; again: (revision: number) => void };

type Work = {
  editor: Editor;
  /** Says that this text was saved as a version; what was typed while it was sent stays unsaved. */
  savedAs: (sent: Definition, number: number) => void;
  note: string;
  setNote: (note: string) => void;
  seen: Seen;
  /** What is being sent. */
  busy: string | null;
  /** A change that was refused and that the person decides about: a conflict, or problems that were found. */
  refusal: Refusal | null;
  forgetRefusal: () => void;
  /** Sends a change; `then` is called when it was done. A conflict or problems are shown by the page itself. */
  act: <T>(act: Act<T>, then: (answer: T) => void) => Promise<void>;
  /** Takes a saved version as the base of new work. Unsaved text is set aside. */
  open: (number: number, keep?: boolean) => Promise<void>;
  /** Takes a saved version's text as new work upon what this workspace works with. */
  restore: (number: number) => Promise<boolean>;
  /** Brings back text that was set aside. */
  put: (text: Pick<Aside, 'definition' | 'base'>) => Promise<void>;
};

const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = useContext(WorkContext);
  if (!work) throw new Error('useWork stands outside a flow page.');
  return work;
}

export function WorkProvider({ children }: { children: ReactNode }) {
  const { flow, workspace, works, show } = useFlow();
  const client = useQueryClient();
  const editor = useEditor(flow.slug, workspace);
  const latest = useRef(editor);
  latest.current = editor;
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const seen = useSeen({
    flow: flow.slug,
    workspace,
    now: flow.revision,
    dirty: editor.dirty,
    busy: busy !== null || refusal !== null,
  });

  const send = async <T,>(act: Act<T>, then: (answer: T) => void, revision: number) => {
    setBusy(act.what);
    setRefusal(null);
    try {
      const answer = await act.call(revision);
      const now =
        act.revision?.(answer) ?? (await client.fetchQuery({ ...flowQuery(flow.slug), staleTime: 0 })).revision;
      seen.did(Math.min(now, revision + 1));
      await client.invalidateQueries({ queryKey: ['flow', flow.slug] });
      then(answer);
    } catch (error) {
      if (act.refused?.(error)) return;
      if (isForThePerson(error))
        setRefusal({ what: act.what, problem: error, again: (newer) => void send(act, then, newer) });
      else refused(error);
      void client.invalidateQueries({ queryKey: ['flow', flow.slug] });
    } finally {
      setBusy(null);
    }
  };
  const savedAs = (sent: Definition, number: number) => {
    const { definition, saved, load, change } = latest.current;
    if (definition === sent) return saved(number);
    load(sent, number);
    change(definition);
  };
  const open = async (number: number, keep = true) => {
    const version = await client.fetchQuery(versionQuery(flow.slug, number));
    if (editor.dirty && keep) setAside(flow.slug, workspace, { definition: editor.definition, base: editor.base });
    editor.load(version.definition as Definition, number);
    seen.saw(flow.revision);
    show(number);
  };
  const put = async ({ definition, base }: Pick<Aside, 'definition' | 'base'>) => {
    if (base !== null) await open(base);
    editor.change(definition, 'Bring back text that was set aside');
  };
  const restore = async (number: number) => {
    const { definition } = await client.fetchQuery(versionQuery(flow.slug, number));
    const same =
      works !== null && equal((await client.fetchQuery(versionQuery(flow.slug, works))).definition, definition);
    if (works !== null) await open(works);
    editor.change(definition as Definition, `Restore v${number}`);
    setNote(`Restores v${number}`);
    return !same;
  };
  const work: Work = {
    editor,
    savedAs,
    note,
    setNote,
    seen,
    busy,
    refusal,
    forgetRefusal: () => setRefusal(null),
    act: (act, then) => send(act, then, seen.revision),
    open,
    restore,
    put,
  };
  return <WorkContext value={work}>{children}</WorkContext>;
}

const equal = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export const isConflict = (problem: ApiProblem) => problem.code === 'revision_conflict';

function isForThePerson(error: unknown): error is ApiProblem {
  return hasCode(error, 'revision_conflict') || (error instanceof ApiProblem && error.problems.length > 0);
}
