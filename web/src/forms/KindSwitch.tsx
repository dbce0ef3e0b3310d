// Chooses what kind a value is: text or expression by one press, more kinds from a menu.
import { Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { KIND_WORDS, type ValueKind } from './kinds';

type Props = {
  kind: ValueKind;
  kinds: readonly ValueKind[];
  label: string;
  onChange: (kind: ValueKind) => void;
  disabled?: boolean;
};

export function KindSwitch({ kind, kinds, label, onChange, disabled }: Props) {
  const others = kinds.filter((each) => each !== kind);
  if (others.length === 0 || disabled) return <Sign kind={kind} />;
  if (kinds.length === 2 && kinds.includes('text') && kinds.includes('expression')) {
    const on = kind === 'expression';
    return (
      <Tooltip label={on ? 'An expression; press for a text' : 'A text; press for an expression'}>
        <UnstyledButton
          className={on ? 'kind-sign kind-on' : 'kind-sign'}
          aria-pressed={on}
          aria-label={`${label} is an expression`}
          onClick={() => onChange(on ? 'text' : 'expression')}
        >
          <Glyph kind="expression" />
        </UnstyledButton>
      </Tooltip>
    );
  }
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={kind === 'expression' ? 'kind-sign kind-on' : 'kind-sign'}
          aria-label={`Kind of ${label}: ${KIND_WORDS[kind].word}`}
          title={KIND_WORDS[kind].word}
        >
          <Glyph kind={kind} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((each) => (
          <Menu.Item
            key={each}
            leftSection={<span className="kind-menu-sign">{KIND_WORDS[each].sign}</span>}
            onClick={() => each !== kind && onChange(each)}
          >
            {KIND_WORDS[each].word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Sign({ kind }: { kind: ValueKind }) {
  return (
    <span
      className={kind === 'expression' ? 'kind-sign kind-on kind-fixed' : 'kind-sign kind-fixed'}
      title={KIND_WORDS[kind].word}
    >
      {KIND_WORDS[kind].sign}
    </span>
  );
}

/** Drawn by the style sheet, since it is no part of the button's name. */
function Glyph({ kind }: { kind: ValueKind }) {
  return <span aria-hidden="true" className="kind-glyph" data-sign={KIND_WORDS[kind].sign} />;
}
