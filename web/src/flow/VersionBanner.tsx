// Above an earlier version on display: who saved it, when and why, and what can be done with it (R9, R10, R17).
// Promoting it (R11) stands in the header, as for every version on display.
import { Button, Menu } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { VersionIcons } from '../components/SlotBadge';
import { TimeAgo } from '../components/Time';
import { useFlow } from './FlowContext';
import { MakeActive } from './MakeActive';
import { useSaving } from './useSaving';
import { useWork } from './Work';

export function VersionBanner() {
  const { flow, shown, version, workspace, works } = useFlow();
  const { restore, busy } = useWork();
  const saving = useSaving();
  const navigate = useNavigate();
  if (shown === null) return null;
  const back = () => navigate({ to: '/flows/$flow', params: { flow: flow.slug }, search: { workspace } });
  const bring = async () => {
    const differs = await restore(shown);
    await back();
    said(
      differs
        ? `Version ${shown} is in the editor. Save it as a draft, or deploy it to staging.`
        : `Version ${shown} is the same as what this workspace works with.`,
    );
  };
  const staged = flow.staging?.number === shown;
  return (
    <section className="banner" aria-label={`Version ${shown}`}>
      <div className="banner-what">
        <strong>Version {shown}</strong>
        <VersionIcons icons={(['staging', 'main'] as const).filter((slot) => flow[slot]?.number === shown)} />
        {version?.discarded && <span className="version-mark version-mark-discarded">Discarded</span>}
        {version && (
          <span className="cut" title={version.note}>
            {version.author}, <TimeAgo at={version.at} />
            {version.kind === 'draft' && version.workspace && `, draft of ${version.workspace}`}
            <span className="quiet"> · {version.note || 'no note'}</span>
          </span>
        )}
      </div>
      <div className="banner-do">
        <MakeActive number={shown} />
        <Button size="compact-sm" variant="default" onClick={() => void bring()}>
          Restore as draft
        </Button>
        <CompareMenu />
        {!staged && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="flask" size={14} />}
            loading={busy === 'stage'}
            onClick={() => void saving.deploy(shown)}
          >
            Deploy this version to staging
          </Button>
        )}
        <Link to="/flows/$flow" params={{ flow: flow.slug }} search={{ workspace }} className="banner-back">
          Back to {works === null ? 'the editor' : `v${works}`}
        </Link>
      </div>
    </section>
  );
}

function CompareMenu() {
  const { flow, shown, works, workspace } = useFlow();
  const others = [
    { word: 'current', number: works, icon: 'flow' as const },
    { word: 'main', number: flow.main?.number, icon: 'crown' as const },
    { word: 'staging', number: flow.staging?.number, icon: 'flask' as const },
  ].filter(({ number }) => number != null && number !== shown);
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start" shadow="md" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<Icon name="chevron" size={12} />}>
          Compare with …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map(({ word, number, icon }) => (
          <Menu.Item
            key={word}
            leftSection={<Icon name={icon} size={15} />}
            onClick={() => {
              const [from, to] = [number ?? 1, shown ?? 1].sort((one, other) => one - other);
              void navigate({
                to: '/flows/$flow/compare',
                params: { flow: flow.slug },
                search: { workspace, from, to },
              });
            }}
          >
            Compare with {word} (v{number})
          </Menu.Item>
        ))}
        {others.length === 0 && <Menu.Label>There is no other version to compare with.</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
