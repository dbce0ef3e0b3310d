// The versions that are compared, and every change between them as a list to walk through.
import { ActionIcon, Button, Group, Tooltip } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Icon } from '../components/icons';
import { count } from '../flow/words';
import { type Change, type Mark, SIGNS } from './changes';
import { VersionPicker } from './VersionPicker';

type Props = {
  from: number;
  to: number;
  /** Undefined while they are being read. */
  changes: Change[] | undefined;
  chosen: Change | undefined;
  pick: (key: string) => void;
  go: (to: { from?: number; to?: number; step?: string }) => void;
  step: (by: number) => void;
};

export function ChangeList({ from, to, changes, chosen, pick, go, step }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const key = chosen?.key;
  useEffect(() => {
    if (key) list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [key]);
  return (
    <aside className="compare-side" aria-label="What changed">
      <div className="compare-pickers">
        <VersionPicker label="From" value={from} choose={(number) => go({ from: number, step: undefined })} />
        <Tooltip label="Swap (s)">
          <ActionIcon
            variant="subtle"
            size={30}
            aria-label="Swap the two versions"
            onClick={() => go({ from: to, to: from })}
          >
            <Icon name="rerun" size={16} />
          </ActionIcon>
        </Tooltip>
        <VersionPicker label="To" value={to} choose={(number) => go({ to: number, step: undefined })} />
      </div>
      {changes && changes.length > 0 && (
        <div className="compare-counts">
          <div>
            <h2>{count(changes.length, 'change')}</h2>
            <span className="quiet">{summed(changes)}</span>
          </div>
          <Group gap={2} ml="auto" wrap="nowrap">
            <Tooltip label="Previous change (p)">
              <ActionIcon variant="subtle" aria-label="Previous change" onClick={() => step(-1)}>
                <Icon name="up" size={15} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Next change (n)">
              <ActionIcon variant="subtle" aria-label="Next change" onClick={() => step(1)}>
                <Icon name="down" size={15} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </div>
      )}
      {changes?.length === 0 && (
        <div className="compare-same">
          <h2>These two versions are the same</h2>
          {from === to ? (
            <p className="quiet">Choose another version on one side.</p>
          ) : (
            <p className="quiet">Their definitions say the same; only who saved them, when and why may differ.</p>
          )}
        </div>
      )}
      <ul className="compare-list" ref={list}>
        {changes?.map((change) => (
          <li key={change.key}>
            <button
              type="button"
              className={`compare-change mark-${change.mark}`}
              aria-current={change === chosen}
              onClick={() => pick(change.key)}
            >
              <span className="change-sign" aria-hidden="true">
                {SIGNS[change.mark]}
              </span>
              <span className="compare-text">
                <span className="cut compare-title">{change.title}</span>
                <span className="cut quiet">{change.detail}</span>
              </span>
              <span className="change-word">{change.mark}</span>
            </button>
          </li>
        ))}
      </ul>
      {changes && changes.length > 0 && (
        <div className="compare-share">
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<Icon name="link" size={13} />}
            onClick={() => void navigator.clipboard?.writeText(window.location.href)}
          >
            Copy link
          </Button>
        </div>
      )}
    </aside>
  );
}

function summed(changes: readonly Change[]): string {
  const words: Mark[] = ['added', 'removed', 'moved', 'changed'];
  return words
    .map((mark) => [changes.filter((change) => change.mark === mark).length, mark] as const)
    .filter(([number]) => number > 0)
    .map(([number, mark]) => `${number} ${mark}`)
    .join(', ');
}
