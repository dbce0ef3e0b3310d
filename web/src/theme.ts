// How the components look: Mantine's, with colours that reach 4.5:1 in both themes.
import { createTheme, Drawer, Modal, Tooltip } from '@mantine/core';

const titled = { attributes: { header: { role: 'presentation' } }, closeButtonProps: { 'aria-label': 'Close' } };

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  components: {
    // Mantine makes the title bar a second <header>, and so a second banner
    Modal: Modal.extend({ defaultProps: { ...titled, centered: false } }),
    Drawer: Drawer.extend({ defaultProps: titled }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } },
    }),
  },
});
