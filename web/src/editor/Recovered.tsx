// Says that unsaved work of an earlier visit is in the editor, and gives it up when asked to.
import { Button } from '@mantine/core';
import { Icon } from '../components/icons';
import { TimeAgo } from '../components/Time';
import type { Editor } from './document';

export function Recovered({ editor: { recovered, discardRecovered } }: { editor: Editor }) {
  if (!recovered) return null;
  return (
    <div className="flow-news" role="status">
      <Icon name="save" size={16} />
      <span>
        Your unsaved changes were recovered; you made them <TimeAgo at={recovered.at} />.
      </span>
      <Button size="compact-xs" variant="default" onClick={discardRecovered}>
        Discard them
      </Button>
    </div>
  );
}
