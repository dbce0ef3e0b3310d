// A value as YAML text: for what no field shows, and for those who would rather type.
import { lazy, Suspense } from 'react';
import { Loading } from '../components/States';

const YamlText = lazy(() => import('./YamlText'));

export type YamlFieldProps = {
  value: unknown;
  onChange: (next: unknown) => void;
  label: string;
  /** What is wrong with a value that was read, before it is taken over. */
  refuse?: (value: unknown) => string | null;
};

export function YamlField(props: YamlFieldProps) {
  return (
    <Suspense fallback={<Loading lines={2} />}>
      <YamlText {...props} />
    </Suspense>
  );
}
