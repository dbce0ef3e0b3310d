// The head of a panel beside the canvas: what it is about, and a way to close it.
import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, isIcon } from '../components/icons';

type Props = { icon: string; title: ReactNode; closes: string; onClose?: () => void };

export function PanelHead({ icon, title, closes, onClose }: Props) {
  return (
    <div className="panel-head">
      <span className="panel-icon">
        <Icon name={isIcon(icon) ? icon : 'info'} size={18} />
      </span>
      <h2>{title}</h2>
      {onClose && <CloseButton aria-label={closes} onClick={onClose} />}
    </div>
  );
}
