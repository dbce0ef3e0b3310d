// Which runs are selected: one by one, a stretch with Shift, or all that are loaded.

export type Selection = { ids: ReadonlySet<string>; anchor: string | null };
export const NONE: Selection = { ids: new Set(), anchor: null };

/** Turns one run on or off; with Shift, everything from the one that was turned last up to it. */
export function toggled(selection: Selection, order: readonly string[], id: string, shift: boolean): Selection {
  const ids = new Set(selection.ids);
  const on = !ids.has(id);
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  const stretch = shift && from >= 0 && to >= 0 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  for (const each of stretch) {
    if (on) ids.add(each);
    else ids.delete(each);
  }
  return { ids, anchor: id };
}

/** All that are loaded, or none when all are selected. */
export function allToggled(selection: Selection, order: readonly string[]): Selection {
  if (order.length > 0 && order.every((id) => selection.ids.has(id))) return NONE;
  return { ids: new Set(order), anchor: null };
}
