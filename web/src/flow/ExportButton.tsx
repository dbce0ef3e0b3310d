// The version on display as a YAML file.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { versionQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { refused } from '../components/notices';
import { useFlow } from './FlowContext';

export function ExportButton() {
  const { flow, shown } = useFlow();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    if (shown === null) return;
    setBusy(true);
    try {
      const [{ toYaml }, version] = await Promise.all([
        import('../forms/yaml_text'),
        client.fetchQuery(versionQuery(flow.slug, shown)),
      ]);
      const file = new Blob([toYaml(version.definition)], { type: 'application/yaml' });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = `${flow.slug}-v${shown}.yaml`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<Icon name="down" size={15} />}
      disabled={shown === null}
      loading={busy}
      onClick={() => void download()}
    >
      {shown === null ? 'Nothing to export yet' : `Export v${shown} as YAML`}
    </Button>
  );
}
