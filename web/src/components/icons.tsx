// 24-unit stroke icons drawn for this project: an icon package would add 50 to 90 MB to node_modules.
import type { SVGProps } from 'react';

const paths = {
  flask: 'M9 3h6M10 3v6L4.6 18.2A2 2 0 0 0 6.3 21h11.4a2 2 0 0 0 1.7-2.8L14 9V3M7.5 14h9',
  crown: 'M4 18h16M4 18 2.8 7.5l5.2 4L12 5l4 6.5 5.2-4L20 18',
  home: 'M3 11 12 4l9 7M5 10v10h5v-6h4v6h5V10',
  flow: 'M4 4h6v5H4zM14 15h6v5h-6zM7 9v3a3 3 0 0 0 3 3h4',
  run: 'M7 4v16l13-8z',
  workspace: 'M4 20V8l8-4 8 4v12M4 20h16M9 20v-6h6v6M8 10h.01M16 10h.01M12 10h.01',
  connection: 'M9 3v4M15 3v4M6 7h12v5a6 6 0 0 1-12 0zM12 18v3',
  connector: 'M8 3h8v5h5v8h-5v5H8v-5H3V8h5z',
  activity: 'M3 12h4l3-8 4 16 3-8h4',
  users: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M2 21a7 7 0 0 1 14 0M16 4a4 4 0 0 1 0 7M18 14a7 7 0 0 1 4 7',
  key: 'M14 10a4 4 0 1 0-4 4l1 1h2v2h2v2h3v-3l-4.500-4.500A4 4 0 0 0 14 10M9 9h.01',
  settings: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  webhook: 'M13 3 5 14h6l-1 7 9-12h-6z',
  schedule: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 3',
  on_demand: 'M7 4v16l13-8z',
  record:
    'M5 6c0-1.700 3-3 7-3s7 1.300 7 3-3 3-7 3-7-1.300-7-3v12c0 1.700 3 3 7 3s7-1.300 7-3V6M5 12c0 1.700 3 3 7 3s7-1.300 7-3',
  http_request: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  code: 'm8 7-5 5 5 5M16 7l5 5-5 5',
  condition: 'M6 4v5a3 3 0 0 0 3 3h6a3 3 0 0 1 3 3v5M6 9v11M3 17l3 3 3-3M15 17l3 3 3-3',
  for_each: 'M17 2l4 4-4 4M3 11V9a3 3 0 0 1 3-3h15M7 22l-4-4 4-4M21 13v2a3 3 0 0 1-3 3H3',
  call_flow: 'M4 4h6v6H4zM14 14h6v6h-6zM10 7h4a3 3 0 0 1 3 3v4',
  set: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  map: 'M4 6h6M4 12h6M4 18h6M14 6h6M14 12h6M14 18h6M10 6l4 0M10 12l4 0M10 18l4 0',
  try: 'M12 3 4 6v6c0 5 3.500 8 8 9 4.500-1 8-4 8-9V6zM12 8v5M12 16h.01',
  wait: 'M7 3h10M7 21h10M8 3c0 5 8 5 8 9s-8 4-8 9M16 3c0 5-8 5-8 9s8 4 8 9',
  assert: 'M4 4h16v16H4zM8 12l3 3 5-6',
  parse_csv: 'M4 4h16v16H4zM4 10h16M4 15h16M10 4v16',
  stop: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9h6v6H9z',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  history: 'M3 12a9 9 0 1 0 3-6.700L3 8M3 3v5h5M12 7v5l3 2',
  check: 'm5 12 5 5L20 7',
  x: 'M6 6l12 12M18 6 6 18',
  alert: 'M12 3 2 20h20zM12 10v4M12 17h.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8h.01',
  diff: 'M12 4v8M8 8h8M8 18h8M4 3h16v18H4z',
  undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'm15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  rocket: 'M12 15l-3-3c1-5 4-8 10-9-1 6-4 9-9 10M9 12H5l2-4h4M12 15v4l4-2v-4M5 16c-1 1-1.500 4-1.500 4s3-.500 4-1.500',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M5 19l1.400-1.400M17.600 6.400 19 5',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  fold: 'm7 9 5-5 5 5M7 15l5 5 5-5',
  chevron: 'm6 9 6 6 6-6',
  right: 'm9 6 6 6-6 6',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6',
  save: 'M5 3h11l3 3v15H5zM8 3v5h7V3M8 21v-7h8v7',
  link: 'M9 15l6-6M10 6l1-1a5 5 0 0 1 7 7l-1 1M14 18l-1 1a5 5 0 0 1-7-7l1-1',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  rerun: 'M4 12a8 8 0 0 1 14-5.300L21 9M21 4v5h-5M20 12a8 8 0 0 1-14 5.300L3 15M3 20v-5h5',
  pause: 'M8 5v14M16 5v14',
  out: 'M14 4h6v6M20 4 10 14M18 14v6H4V6h6',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0',
  menu: 'M4 6h16M4 12h16M4 18h16',
} as const;

export type IconName = keyof typeof paths;

/** Whether a name (of a step or trigger kind, say) has an icon of its own. */
export function isIcon(name: string | null | undefined): name is IconName {
  return typeof name === 'string' && name in paths;
}

type Props = { name: IconName; size?: number } & SVGProps<SVGSVGElement>;

/** Says nothing by itself: whoever uses it puts the word beside it, or names the button. */
export function Icon({ name, size = 18, ...rest }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      <path d={paths[name]} />
    </svg>
  );
}
