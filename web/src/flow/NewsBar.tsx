// What others did while the page is open: said in a bar, never taken over unseen (R18). And text that was set aside.
import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Icon } from '../components/icons';
import { TimeAgo } from '../components/Time';
import { asideOf, forgetAside } from './aside';
import { useFlow } from './FlowContext';
import { useWork } from './Work';
import { deed } from './words';

export function NewsBar() {
  const { flow, shown, workspace } = useFlow();
  const { seen, open, editor } = useWork();
  const last = seen.news.at(-1);
  const saw = () => seen.saw(Math.max(flow.revision, last?.revision ?? 0));
  if (!last && !seen.unknown) return null;
  const number = last?.version ?? flow.latest?.number;
  const from = editor.base ?? shown;
  const other = number != null && from !== null && number !== from;
  const more = new Set(seen.news.map((event) => event.revision)).size - 1;
  return (
    <div className="flow-news" role="status">
      <Icon name="info" size={16} />
      <span>
        {last ? (
          <>
            <strong>{last.actor ?? 'Somebody'}</strong> {deed(last)}
            {last.at && (
              <>
                , <TimeAgo at={last.at} />
              </>
            )}
            {more > 0 && ` (and ${more} more)`}.
          </>
        ) : (
          'This flow has changed since your text was begun.'
        )}
        {editor.dirty && ' Your text is kept.'}
      </span>
      {other && (
        <Link
          to="/flows/$flow/compare"
          params={{ flow: flow.slug }}
          search={{ workspace, from: Math.min(from, number), to: Math.max(from, number) }}
        >
          Compare
        </Link>
      )}
      {other && (
        <Button size="compact-xs" variant="default" onClick={() => void open(number)}>
          Load it
        </Button>
      )}
      <CloseButton size="sm" aria-label="I have seen it" onClick={saw} />
    </div>
  );
}

export function AsideBar() {
  const { flow, workspace } = useFlow();
  const { editor, put } = useWork();
  const [, look] = useState(0);
  const kept = asideOf(flow.slug, workspace);
  if (!kept) return null;
  return (
    <div className="flow-news" role="status">
      <Icon name="save" size={16} />
      <span>
        Text of yours was set aside <TimeAgo at={kept.at} />
        {kept.base !== null && `; it began with v${kept.base}`}.
      </span>
      <Button
        size="compact-xs"
        variant="default"
        disabled={editor.dirty}
        title={editor.dirty ? 'Save what you have first.' : undefined}
        onClick={() => {
          forgetAside(flow.slug, workspace);
          void put(kept);
        }}
      >
        Bring it back
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => {
          forgetAside(flow.slug, workspace);
          look((before) => before + 1);
        }}
      >
        Discard it
      </Button>
    </div>
  );
}
