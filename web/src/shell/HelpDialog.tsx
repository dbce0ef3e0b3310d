// The keys that the page knows; opened by ? and from the user menu.
import { Kbd, Modal, Table } from '@mantine/core';
import { useSyncExternalStore } from 'react';

const KEYS: [string, string][] = [
  ['/', 'Search this page'],
  ['g h', 'Go to Home'],
  ['g f', 'Go to Flows'],
  ['g r', 'Go to Runs'],
  ['g w', 'Go to Workspaces'],
  ['g a', 'Go to Activity'],
  ['Ctrl S', 'Save draft'],
  ['Ctrl Shift S', 'Save and deploy to staging'],
  ['Ctrl Z · Ctrl Shift Z', 'Undo · redo'],
  ['Arrows', 'Move among steps, or rows of a list'],
  ['Enter', 'Open the step or row'],
  ['a', 'Add a step after the selected one'],
  ['Alt ↑ · Alt ↓', 'Move the step up · down'],
  ['Ctrl C · Ctrl X · Ctrl V', 'Copy · cut · paste steps, also between flows'],
  ['Ctrl D', 'Duplicate the step'],
  ['Delete', 'Delete the step'],
  ['f', 'Fold or unfold a loop or branches'],
  ['1 · 0 · + · −', 'Show the whole flow · at full size · zoom'],
  ['Escape', 'Close what is open'],
  ['?', 'This help'],
];

let opened = false;
const listeners = new Set<() => void>();
const set = (to: boolean) => {
  opened = to;
  for (const tell of listeners) tell();
};
export const openHelp = () => set(true);

export function HelpDialog() {
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    () => opened,
  );
  return (
    <Modal opened={shown} onClose={() => set(false)} title="Keys" size="md">
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {KEYS.map(([keys, does]) => (
            <Table.Tr key={keys}>
              <Table.Th scope="row" style={{ whiteSpace: 'nowrap', width: 1 }}>
                <Kbd>{keys}</Kbd>
              </Table.Th>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
