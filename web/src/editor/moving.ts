// Arrow keys on the canvas: the nearest step in that direction.
import type { PlacedNode, PlacedStep } from './layout';

const DOWN: Record<string, [number, number]> = {
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
};

/** The id of the step that an arrow leads to; null where none lies in that direction, or the key is no arrow. */
export function nextStep(nodes: readonly PlacedNode[], from: string, key: string): string | null {
  const way = DOWN[key];
  const steps = nodes.filter((node): node is PlacedStep => node.type === 'step');
  const me = steps.find((node) => node.id === from);
  if (!way || !me) return null;
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const node of steps) {
    const [dx, dy] = [node.x - me.x, node.y - me.y];
    const along = dx * way[0] + dy * way[1];
    if (along <= 1) continue;
    const across = Math.abs(way[0] === 0 ? dx : dy);
    const cost = along + across * (way[0] === 0 ? 1.2 : 2.5);
    if (cost < least) {
      least = cost;
      best = node.id;
    }
  }
  return best;
}
