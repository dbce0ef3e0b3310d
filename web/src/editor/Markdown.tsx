// Reference texts in Markdown as elements: paragraphs, lists, code, emphasis; never as HTML.
import type { ReactNode } from 'react';

export function Markdown({ text }: { text: string }) {
  return <div className="markdown">{blocksOf(text).map(drawn)}</div>;
}

export type Block =
  | { is: 'code'; text: string }
  | { is: 'heading'; text: string }
  | { is: 'list'; items: string[]; ordered: boolean }
  | { is: 'paragraph'; text: string };

const ITEM = /^\s*([-*]|\d+\.)\s+/;

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    if (line.startsWith('```')) {
      const end = lines.findIndex((each, index) => index > at && each.startsWith('```'));
      const last = end < 0 ? lines.length : end;
      blocks.push({ is: 'code', text: lines.slice(at + 1, last).join('\n') });
      at = last + 1;
      continue;
    }
    const next = lines.findIndex((each, index) => index > at && (each.trim() === '' || each.startsWith('```')));
    const last = next < 0 ? lines.length : next;
    if (line.trim() === '') at++;
    else {
      blocks.push(blockOf(lines.slice(at, last)));
      at = last;
    }
  }
  return blocks;
}

function blockOf(lines: string[]): Block {
  const [first = ''] = lines;
  if (/^#+\s/.test(first)) return { is: 'heading', text: lines.join(' ').replace(/^#+\s+/, '') };
  if (!ITEM.test(first)) return { is: 'paragraph', text: lines.map((line) => line.trim()).join(' ') };
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''));
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return { is: 'list', items, ordered: /^\s*\d/.test(first) };
}

function drawn(block: Block, key: number): ReactNode {
  switch (block.is) {
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'heading':
      return <h4 key={key}>{inline(block.text)}</h4>;
    case 'list': {
      const items = block.items.map((item) => <li key={item}>{inline(item)}</li>);
      return block.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
    default:
      return <p key={key}>{inline(block.text)}</p>;
  }
}

/** Code, bold and links; a link within the reference has no address here and stays its words. */
function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/).map((part, index) => {
    const key = `${index}${part}`;
    if (/^`.+`$/.test(part)) return <code key={key}>{part.slice(1, -1)}</code>;
    if (/^\*\*.+\*\*$/.test(part)) return <strong key={key}>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    if (!link) return part;
    if (!/^https?:\/\//.test(link[2] as string)) return link[1];
    return (
      <a key={key} href={link[2]} target="_blank" rel="noreferrer">
        {link[1]}
      </a>
    );
  });
}
