import { expect, it } from 'vitest';

const own = import.meta.glob<string>('./mantine_*.ts', { query: '?raw', import: 'default', eager: true });
const theirs = import.meta.glob(['/node_modules/@mantine/core/styles/*.css', '!**/*.layer.css']);

it('every component has its looks in exactly one of the two lists', () => {
  const listed = Object.values(own).flatMap((text) =>
    [...text.matchAll(/styles\/([\w-]+)\.css/g)].map((match) => match[1]),
  );
  const all = Object.keys(theirs).map((path) => path.replace(/^.*\/|\.css$/g, ''));
  expect(all.length).toBeGreaterThan(80);
  expect(listed.sort()).toEqual(all.sort());
});
