// A step under the pointer: where it is, and where it would land.
import { useCallback, useMemo, useState } from 'react';
import type { CanvasNode } from './CanvasNodes';
import type { Placed } from './layout';
import { contains, type Place, placeKey } from './tree';
import type { Dragged } from './useNodes';

/** How near to a plus sign a step must be to land there. */
const NEAR = 170;

export function useDragging(placed: Placed, onMove: ((id: string, place: Place) => void) | undefined) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const places = useMemo(
    () =>
      placed.nodes.flatMap((node) => {
        if (node.type === 'box' || !node.place || (node.type === 'step' && node.step.kind === 'stop')) return [];
        return [{ key: placeKey(node.place), place: node.place, x: node.x + node.w / 2, y: node.y + node.h + 23 }];
      }),
    [placed],
  );
  const onNodeDrag = useCallback(
    (_: unknown, node: CanvasNode) => {
      const step = node.data.placed.type === 'step' ? node.data.placed.step : null;
      const x = node.position.x + (node.width ?? 0) / 2;
      const y = node.position.y + (node.height ?? 0) / 2;
      let drop: string | null = null;
      let nearest = NEAR ** 2;
      for (const each of places) {
        const far = (each.x - x) ** 2 + (each.y - y) ** 2;
        if (far >= nearest || each.place.after === node.id) continue;
        if (step && each.place.list && contains(step, each.place.list)) continue;
        nearest = far;
        drop = each.key;
      }
      setDragged({ id: node.id, x: node.position.x, y: node.position.y, drop });
    },
    [places],
  );
  const onNodeDragStop = useCallback(
    (_: unknown, node: CanvasNode) => {
      setDragged((current) => {
        const target = places.find((each) => each.key === current?.drop);
        if (target && onMove) queueMicrotask(() => onMove(node.id, target.place));
        return null;
      });
    },
    [places, onMove],
  );
  return { dragged, onNodeDrag, onNodeDragStop };
}
