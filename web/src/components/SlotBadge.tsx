// Flask = staging, crown = main, everywhere by this component (R8): icon and word first, then shape, then colour.
import { Icon } from './icons';

export type SlotName = 'main' | 'staging';

const WORDS = { main: 'Main', staging: 'Staging', draft: 'Draft', none: 'Nothing' } as const;

type Props = {
  slot: keyof typeof WORDS;
  /** The number of the version there; left out where it is said beside the badge. */
  version?: number | null;
  /** Whether the staged version runs only because main is empty (R7). */
  fallback?: boolean;
  size?: 'sm' | 'lg';
};

export function SlotBadge({ slot, version, fallback = false, size = 'sm' }: Props) {
  return (
    <span
      className={`slot slot-${slot} slot-${size}`}
      data-slot={slot}
      title={fallback ? 'Main is empty: the staged version runs here meanwhile.' : undefined}
    >
      <SlotIcon slot={slot} size={size === 'lg' ? 18 : 14} />
      {WORDS[slot]} {version != null && <span className="slot-version">v{version}</span>}
      {fallback && <span className="slot-fallback">fallback</span>}
    </span>
  );
}

/** The icon alone, beside a word that says the slot; named for those who do not see it. */
export function SlotIcon({ slot, size = 14 }: { slot: keyof typeof WORDS; size?: number }) {
  if (slot !== 'main' && slot !== 'staging') return null;
  return <Icon name={slot === 'main' ? 'crown' : 'flask'} size={size} data-icon={slot} />;
}

/** Icons of a version: the slots that point at it, each named. */
export function VersionIcons({ icons }: { icons: readonly SlotName[] }) {
  return icons.map((slot) => (
    <span
      key={slot}
      className={`version-icon version-icon-${slot}`}
      role="img"
      aria-label={WORDS[slot]}
      title={WORDS[slot]}
    >
      <SlotIcon slot={slot} size={16} />
    </span>
  ));
}
