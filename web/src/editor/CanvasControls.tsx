// Zoom buttons, and an overview of large flows. They stay as they are while a step is dragged.
import { ActionIcon, Tooltip } from '@mantine/core';
import { MiniMap, type Node, Panel, useReactFlow } from '@xyflow/react';
import { memo } from 'react';

const colorOf = (node: Node) => (node.type === 'step' ? 'var(--canvas-mini)' : 'transparent');
const SIZE = { width: 150, height: 110 };

export const CanvasControls = memo(({ large }: { large: boolean }) => {
  const flow = useReactFlow();
  const buttons = [
    { sign: '+', word: 'Zoom in', key: '+', act: () => flow.zoomIn() },
    { sign: '−', word: 'Zoom out', key: '−', act: () => flow.zoomOut() },
    { sign: '⤢', word: 'Show all', key: '1', act: () => flow.fitView({ padding: 0.08 }) },
  ];
  return (
    <>
      {large && (
        <MiniMap
          pannable
          zoomable
          style={SIZE}
          ariaLabel="Overview of the flow"
          nodeColor={colorOf}
          nodeStrokeWidth={0}
        />
      )}
      <Panel position="bottom-left" className="canvas-zoom">
        {buttons.map(({ sign, word, key, act }) => (
          <Tooltip label={`${word} (${key})`} key={word} position="right" withinPortal={false}>
            <ActionIcon variant="default" size={30} aria-label={word} onClick={() => void act()}>
              {sign}
            </ActionIcon>
          </Tooltip>
        ))}
      </Panel>
    </>
  );
});
